/** Arrows point inwards: functions -> application -> adapters -> domain. docs/design.md, "The house". */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'domain/ imports itself and zod, nothing else',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: '^(domain/|node_modules/zod/)' },
    },
    {
      name: 'adapters-know-only-domain',
      severity: 'error',
      from: { path: '^adapters/' },
      to: { path: '^(application|functions|infra|comparison|lab|cli|console|bench|test)/' },
    },
    {
      name: 'application-knows-adapters-and-domain',
      severity: 'error',
      from: { path: '^application/' },
      to: { path: '^(functions|infra|comparison|lab|cli|console|bench|test)/' },
    },
    {
      name: 'functions-know-what-is-below-them',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(infra|comparison|lab|cli|console|bench|test)/' },
    },
    {
      name: 'functions-open-adapters-in-one-place',
      comment: 'a function parses, calls and answers: what it needs is opened by functions/lambda/open*.ts',
      severity: 'error',
      from: { path: '^functions/', pathNot: '^functions/lambda/' },
      to: { path: '^adapters/' },
    },
    {
      name: 'infra-reaches-functions-by-path-only',
      severity: 'error',
      from: { path: '^infra/' },
      comment: 'but a plan is checked at synthesis by what checks it later',
      to: {
        path: '^(application|functions|adapters|comparison|lab|cli|console|bench|test)/',
        pathNot: '^adapters/plan-file/check-plan-input[.]ts$',
      },
    },
    {
      name: 'comparison-knows-only-domain',
      severity: 'error',
      from: { path: '^comparison/' },
      to: { pathNot: '^(comparison|domain)/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'only-the-bench-imports-the-bench',
      comment: 'what it shares with others has a room below them; tests mirror it',
      severity: 'error',
      from: { pathNot: '^(bench|test)/' },
      to: { path: '^bench/' },
    },
    { name: 'no-product-code-imports-tests', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    {
      name: 'the-way-back-needs-no-cluster',
      severity: 'error',
      comment: 'going back must work when the cluster does not answer',
      from: { path: '^functions/(restore-traffic|verify-traffic|start-roll-back|look)[.]ts$' },
      to: { path: '(@kubernetes/client-node|kubernetes-cluster[.]ts)', reachable: true },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
