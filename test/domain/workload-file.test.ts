import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pathText } from '../../domain/file/issue.ts';
import { checkWorkload, workloadJsonSchema } from '../../domain/workload-file.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const RULE = `${ARN}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`;
const ALARM = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:';
const BLUE = `${ARN}:targetgroup/checkout-blue/73e2d6bc24d8a067`;
const GREEN = `${ARN}:targetgroup/checkout-green/943f017f100becff`;
const alb = { kind: 'alb', rules: [RULE], targetGroups: { blue: BLUE, green: GREEN } };
/** No more than a workload must say. */
const least = {
  apiVersion: 'sluice/v1',
  kind: 'Workload',
  name: 'checkout',
  cluster: { name: 'prod', namespace: 'shop' },
  deployment: 'checkout',
  container: 'app',
  repositories: [{ name: 'checkout', tags: 'v*' }],
  router: alb,
};
const checked = (more: object) => checkWorkload({ ...least, ...more });
const issuesOf = (more: object) => {
  const result = checked(more);
  return result.kind === 'issues' ? result.issues : [];
};
const many = (count: number) => 'a'.repeat(count);
const repository = (name: string, tags: string | string[] = 'v*') => ({ repositories: [{ name, tags }] });
const prometheus = (url: unknown, sigv4 = false) => ({ sources: { prometheus: { url, sigv4 } } });

describe('a workload', () => {
  it('that says the least there is has the defaults for the rest', () => {
    const { apiVersion: _, kind: __, ...said } = least;
    expect(checked({})).toStrictEqual({
      kind: 'workload',
      workload: { ...said, backgroundWork: 'none', connections: 'cut', maxDrainSeconds: 900 },
    });
  });

  it('that says all there is has it said', () => {
    const all = {
      service: 'checkout-svc',
      otherServices: ['checkout-metrics'],
      port: 'http',
      keepLabels: ['app.kubernetes.io/instance', 'tier'],
      labels: { 'app.kubernetes.io/name': 'checkout', team: '' },
      alarms: ['slo', `${ALARM}slow answers`],
      router: { ...alb, previewRule: RULE },
      backgroundWork: 'safe',
      connections: 'drain',
    };
    const { apiVersion: _, kind: __, ...said } = least;
    expect(checked({ ...all, ...prometheus('https://p.example/ws', true), maxDrain: '0s' })).toStrictEqual({
      kind: 'workload',
      workload: { ...said, ...all, ...prometheus('https://p.example/ws', true), maxDrainSeconds: 0 },
    });
  });

  it.each([
    ['ECR of another account and region', { name: 'shop', registry: OTHER_ECR, tags: 'v*' }],
    ['ECR in China', { name: 'shop', registry: '222222222222.dkr.ecr.cn-north-1.amazonaws.com.cn', tags: 'v*' }],
    ['a registry that everybody may ask', GHCR],
    ['a registry with credentials', { ...GHCR, credentials: SECRET }],
    [
      'a registry on a port, that nobody can ask',
      { name: 'shop', registry: 'registry.corp.example:5000', verify: false },
    ],
  ])('may have its images in %s', (_, one) => {
    expect(checked({ repositories: [one] })).toMatchObject({ kind: 'workload', workload: { repositories: [one] } });
  });

  it('needs the tags of a repository of ECR: which of its pushes are meant nobody guesses', () => {
    expect(issuesOf({ repositories: [{ name: 'shop' }] })).toEqual([
      { path: ['repositories', 0], at: 'missing', found: 'a repository of ECR without tags', expected: PATTERN },
    ]);
  });

  it('may name sources and none of them', () => {
    expect(checked({ sources: {} })).toEqual(checked({}));
    expect(checked({ sources: { prometheus: { url: 'http://p.example' } } })).toEqual(
      checked(prometheus('http://p.example', false)),
    );
  });

  it.each<[string, object]>([
    ['cluster', { cluster: { name: `A_-${many(97)}`, namespace: 'a' } }],
    ['namespace', { cluster: { name: 'p', namespace: `0${many(61)}9` } }],
    ['background work in both slots', { backgroundWork: 'safe' }],
    ['repository', repository('team/shop._-2/api')],
    ['repository of 256 characters', repository(many(256))],
    ['tags', repository('a', `Az09_.*-${many(120)}`)],
    ['several tags', repository('a', ['!*-arm64', 'v*', 'release-*'])],
    ['alarm of 255 characters', { alarms: [many(255), `${ALARM}${many(255)}`] }],
    ['a Deployment of 253 characters', { deployment: `${many(60)}.${many(192)}` }],
    ['a Deployment and a Service that begin with a digit', { deployment: '3ds-server', service: '3ds-server' }],
    ['a Service of 63 characters', { service: many(63) }],
    ['no label of the template', { keepLabels: [] }],
    ['a label of 253 and 63 characters', { labels: { [`${many(253)}/${many(63)}`]: many(63) } }],
    ['a port of 15 characters', { port: `a-${many(13)}` }],
    ['a port by its number', { port: 65_535 }],
    ['20 alarms', { alarms: Array.from({ length: 20 }, (_, i) => `alarm ${i}`) }],
    ['10 rules', { router: { ...alb, rules: Array.from({ length: 10 }, (_, i) => `${RULE}${i}`) } }],
    ['an address of 2048 characters', prometheus(`https://p.example/${many(2_030)}`)],
    ['a partition of its own', { router: { ...alb, rules: [RULE.replace('arn:aws:', 'arn:aws-us-gov:')] } }],
  ])('may have as much as this: %s', (_, more) => {
    expect(issuesOf(more)).toEqual([]);
  });

  it('is described for editors as it is checked in', () => {
    const path = 'docs/schema/workload.schema.json';
    expect(JSON.parse(readFileSync(path, 'utf8')), 'out of date: run `npm run generate`').toEqual(workloadJsonSchema());
  });
});

const KUBERNETES = 'a Kubernetes name: lower-case letters, digits and dashes, at most 63 characters';
const NAME = 'a name of lower-case letters, digits and dashes that starts with a letter, at most 57 characters';
const OBJECT = 'the name of a Kubernetes object: lower-case letters, digits, dashes and dots, at most 253 characters';
const OWN = "the team's own: checkout-blue and checkout-green are the slots that Sluice writes";
const LABEL_KEY = 'the key of a Kubernetes label such as tier or app.kubernetes.io/name';
const NOT_KEPT = 'another label: by this one other tools and controllers find what is theirs, and a slot is not';
const LABEL_VALUE = "a label's value: letters, digits, dashes, underscores and dots, at most 63 characters";
const ADDRESS = 'an http or https address without a user name, password, query or fragment in it';
const PATTERN = "a pattern of tags such as 'v*'";
const RULE_ARN = 'the ARN of a listener rule';
const GROUP_ARN = 'the ARN of a target group';
const CLUSTER = "the EKS cluster's name";
const ALARM_NAME = 'the name or the ARN of a CloudWatch alarm';
const REGISTRY =
  'the host of a registry, without https:// and without a path, such as ghcr.io or 123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const OTHER_ECR = '222222222222.dkr.ecr.eu-central-1.amazonaws.com';
const GHCR = { name: 'acme/shop', registry: 'ghcr.io' };
const GHCR_HAS_NO_PUSHES = 'nothing: nobody announces what is pushed to ghcr.io; `start` with a digest does';
const SECRET_ARN = 'the ARN of a secret in AWS Secrets Manager';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:sluice/ghcr-AbCdEf';
const REPOSITORY = 'the name of a repository';
const ALARM_OF_NOBODY = 'arn:aws:cloudwatch:eu-west-1:1234:alarm:slo';
const PORT = 'the name of a container port (lower-case letters, digits and dashes, at most 15) or its number';
const group = (blue: unknown, green: unknown = GREEN) => ({ router: { ...alb, targetGroups: { blue, green } } });
const short = (text: string) => `'${text.slice(0, 60)}…'`;

describe('one mistake in a workload is told with its place, what was found and what belongs there', () => {
  it.each<[path: string, expected: string, found: string, more: object]>([
    ['apiVersion', 'sluice/v1', "'v1'", { apiVersion: 'v1' }],
    ['kind', 'Workload', "'Plan'", { kind: 'Plan' }],
    ['cluster', 'a map of keys and values', "'prod'", { cluster: 'prod' }],
    ['cluster.name', CLUSTER, "'_prod'", { cluster: { name: '_prod', namespace: 'shop' } }],
    ['cluster.name', CLUSTER, "'a b'", { cluster: { name: 'a b', namespace: 'shop' } }],
    ['cluster.name', CLUSTER, '7', { cluster: { name: 7, namespace: 'shop' } }],
    ['cluster.name', CLUSTER, short(many(61)), { cluster: { name: many(101), namespace: 'shop' } }],
    ['cluster.namespace', KUBERNETES, "'-shop'", { cluster: { name: 'prod', namespace: '-shop' } }],
    ['cluster.namespace', KUBERNETES, "'shop-'", { cluster: { name: 'prod', namespace: 'shop-' } }],
    ['cluster.namespace', KUBERNETES, short(many(61)), { cluster: { name: 'prod', namespace: many(64) } }],
    ['name', NAME, "'3ds-server'", { name: '3ds-server' }],
    ['name', NAME, `'${many(58)}'`, { name: many(58) }],
    ['deployment', OBJECT, "'Shop'", { deployment: 'Shop' }],
    ['deployment', OBJECT, "'shop.'", { deployment: 'shop.' }],
    ['deployment', OBJECT, "'a.-b'", { deployment: 'a.-b' }],
    ['deployment', OBJECT, short(many(61)), { deployment: many(254) }],
    ['deployment', OWN, "'checkout-blue'", { deployment: 'checkout-blue' }],
    ['service', OWN, "'checkout-green'", { service: 'checkout-green' }],
    ['service', KUBERNETES, "'a.b'", { service: 'a.b' }],
    ['service', KUBERNETES, short(many(61)), { service: many(64) }],
    ['container', KUBERNETES, '7', { container: 7 }],
    ['port', PORT, "'8080'", { port: '8080' }],
    ['port', PORT, "'HTTP'", { port: 'HTTP' }],
    ['port', PORT, "'a--b'", { port: 'a--b' }],
    ['port', PORT, `'${many(16)}'`, { port: many(16) }],
    ['port', PORT, '0', { port: 0 }],
    ['port', PORT, '65536', { port: 65_536 }],
    ['keepLabels', 'a list of keys of labels', "'app'", { keepLabels: 'app' }],
    ['keepLabels[0]', LABEL_KEY, "'a b'", { keepLabels: ['a b'] }],
    ['keepLabels[0]', LABEL_KEY, "'/a'", { keepLabels: ['/a'] }],
    ['keepLabels[0]', NOT_KEPT, "'sluice.dev/slot'", { keepLabels: ['sluice.dev/slot'] }],
    ['keepLabels[0]', NOT_KEPT, "'pod-template-hash'", { keepLabels: ['pod-template-hash'] }],
    ['keepLabels[0]', NOT_KEPT, "'argocd.argoproj.io/instance'", { keepLabels: ['argocd.argoproj.io/instance'] }],
    ['keepLabels', 'at most 50 labels', 'a list', { keepLabels: Array(51).fill('a') }],
    ['labels.tier', LABEL_VALUE, "'-web'", { labels: { tier: '-web' } }],
    ['labels.tier', LABEL_VALUE, short(many(61)), { labels: { tier: many(64) } }],
    ['otherServices', 'a list of Services', "'metrics'", { otherServices: 'metrics' }],
    ['otherServices', 'at most 50 Services', 'a list', { otherServices: Array(51).fill('a') }],
    ['otherServices[0]', KUBERNETES, "'a.b'", { otherServices: ['a.b'] }],
    ['repositories', 'a list of repositories', "'checkout'", { repositories: 'checkout' }],
    ['repositories', 'at least one repository', 'an empty list', { repositories: [] }],
    ['repositories[0]', 'a map of keys and values', "'checkout'", { repositories: ['checkout'] }],
    ['repositories[0].name', REPOSITORY, "'Shop'", repository('Shop')],
    ['repositories[0].name', REPOSITORY, "'shop/'", repository('shop/')],
    ['repositories[0].name', REPOSITORY, "'/shop'", repository('/shop')],
    ['repositories[0].name', REPOSITORY, '7', repository(7 as never)],
    ['repositories[0].name', `${REPOSITORY}, at most 256 characters`, short(many(61)), repository(many(257))],
    ['repositories[0].tags', PATTERN, "'v 2'", repository('shop', 'v 2')],
    ['repositories[0].tags', PATTERN, short(many(61)), repository('shop', many(129))],
    [
      'repositories[0].tags',
      `${PATTERN}, or a list of them such as ['v*', '!*-arm64']`,
      '7',
      repository('shop', 7 as never),
    ],
    ['repositories[0].tags', PATTERN, "'!*-arm64'", repository('shop', '!*-arm64')],
    ['repositories[0].tags', PATTERN, 'an empty list', repository('shop', [])],
    [
      'repositories[0].tags',
      `${PATTERN} beside those that exclude: alone they match no tag`,
      'a list',
      repository('shop', ['!v*']),
    ],
    [
      'repositories[0].tags[1]',
      `${PATTERN}, or one to exclude such as '!*-arm64'`,
      "'!!v'",
      repository('shop', ['v*', '!!v']),
    ],
    ...['https://ghcr.io', 'ghcr.io/acme', 'ghcr', 'Ghcr.io', 'ghcr.io:port'].map(
      (registry): [string, string, string, object] => [
        'repositories[0].registry',
        REGISTRY,
        `'${registry}'`,
        { repositories: [{ name: 'shop', registry }] },
      ],
    ),
    ['repositories[0].tags', GHCR_HAS_NO_PUSHES, "'v*'", { repositories: [{ ...GHCR, tags: 'v*' }] }],
    [
      'repositories[0].credentials',
      SECRET_ARN,
      "'robot:password'",
      { repositories: [{ ...GHCR, credentials: 'robot:password' }] },
    ],
    [
      'repositories[0].credentials',
      'nothing, or no `verify: false`: without asking the registry nobody needs them',
      short(SECRET),
      { repositories: [{ ...GHCR, credentials: SECRET, verify: false }] },
    ],
    [
      'repositories[0].credentials',
      "nothing: ECR is asked by the functions' own role",
      short(SECRET),
      { repositories: [{ name: 'shop', tags: 'v*', credentials: SECRET }] },
    ],
    [
      'repositories[0].verify',
      'nothing: ECR is always asked',
      'false',
      { repositories: [{ name: 'shop', tags: 'v*', registry: OTHER_ECR, verify: false }] },
    ],
    ['repositories[0].verify', 'false', 'true', { repositories: [{ ...GHCR, verify: true }] }],
    ['alarms', 'a list of alarms', "'slo'", { alarms: 'slo' }],
    ['alarms', 'at most 20 alarms', 'a list', { alarms: Array(21).fill('slo') }],
    ['alarms[0]', ALARM_NAME, '7', { alarms: [7] }],
    ['alarms[0]', ALARM_NAME, short(many(61)), { alarms: [many(256)] }],
    ['alarms[0]', ALARM_NAME, `'${ALARM}'`, { alarms: [ALARM] }],
    ['alarms[0]', ALARM_NAME, "'arn:aws:cloudwatch:eu-west-1:1234:alarm:slo'", { alarms: [ALARM_OF_NOBODY] }],
    ['router', 'a router: alb or selector', "'alb'", { router: 'alb' }],
    ['router.kind', 'alb or selector', "'nlb'", { router: { ...alb, kind: 'nlb' } }],
    [
      'router.kind',
      'alb or selector',
      "'ingress', which is not available yet",
      { router: { ...alb, kind: 'ingress' } },
    ],
    ['router.rules', 'a list of ARNs of listener rules', short(RULE), { router: { ...alb, rules: RULE } }],
    ['router.rules', 'the ARN of at least one listener rule', 'an empty list', { router: { ...alb, rules: [] } }],
    ['router.rules', 'at most 10 rules', 'a list', { router: { ...alb, rules: Array(11).fill(RULE) } }],
    ['router.rules[0]', RULE_ARN, short(BLUE), { router: { ...alb, rules: [BLUE] } }],
    ['router.rules[0]', RULE_ARN, '7', { router: { ...alb, rules: [7] } }],
    ['router.rules[1]', RULE_ARN, short(`x${RULE}`), { router: { ...alb, rules: [RULE, `x${RULE}`] } }],
    ['router.rules[0]', RULE_ARN, short(RULE), { router: { ...alb, rules: [`${RULE} `] } }],
    ['router.previewRule', RULE_ARN, short(GREEN), { router: { ...alb, previewRule: GREEN } }],
    ['router.targetGroups', 'a map of keys and values', 'a list', { router: { ...alb, targetGroups: [BLUE, GREEN] } }],
    ['router.targetGroups.blue', GROUP_ARN, short(RULE), group(RULE)],
    ['router.targetGroups.blue', GROUP_ARN, '7', group(7)],
    ['router.targetGroups.green', GROUP_ARN, short(`${GREEN}`), group(BLUE, `${GREEN}?`)],
    ['router.targetGroups.green', 'another target group than that of blue', short(BLUE), group(BLUE, BLUE)],
    ['sources', 'a map of keys and values', "'prometheus'", { sources: 'prometheus' }],
    ['sources.prometheus', 'a map of keys and values', "'p.example'", { sources: { prometheus: 'p.example' } }],
    ['sources.prometheus.url', ADDRESS, '7', prometheus(7)],
    ['sources.prometheus.url', ADDRESS, "'p.example'", prometheus('p.example')],
    ['sources.prometheus.url', ADDRESS, "'ftp://p.example'", prometheus('ftp://p.example')],
    ['sources.prometheus.url', ADDRESS, "'xhttp://p.example'", prometheus('xhttp://p.example')],
    ['sources.prometheus.url', ADDRESS, "'httpss://p.example'", prometheus('httpss://p.example')],
    ['sources.prometheus.url', ADDRESS, "'https://ann@p.example'", prometheus('https://ann@p.example')],
    ['sources.prometheus.url', ADDRESS, "'https://:pw@p.example'", prometheus('https://:pw@p.example')],
    ['sources.prometheus.url', ADDRESS, "'https://p.example?q=1'", prometheus('https://p.example?q=1')],
    ['sources.prometheus.url', ADDRESS, "'https://p.example#top'", prometheus('https://p.example#top')],
    [
      'sources.prometheus.url',
      'an address of at most 2048 characters',
      short(`https://p.example/${many(99)}`),
      prometheus(`https://p.example/${many(2_031)}`),
    ],
    [
      'sources.prometheus.url',
      'an https address: what is signed for AWS is never sent over http',
      "'http://p.example'",
      prometheus('http://p.example', true),
    ],
    ['sources.prometheus.sigv4', 'true or false', "'yes'", prometheus('https://p.example', 'yes' as never)],
    ['backgroundWork', 'none or safe', "'all'", { backgroundWork: 'all' }],
    ['connections', 'cut or drain', "'keep'", { connections: 'keep' }],
    ['maxDrain', 'a duration such as 90s, 5m, 2h or 1h30m', "'soon'", { maxDrain: 'soon' }],
  ])('%s wants %s', (path, expected, found, more) => {
    const issues = issuesOf(more);
    expect(issues).toEqual([expect.objectContaining({ at: 'value', expected, found })]);
    expect(issues.map(issue => pathText(issue.path))).toEqual([path]);
  });

  it('background work that is paused in the idle slot is not available yet: nothing would pause it', () => {
    expect(issuesOf({ backgroundWork: 'paused' })).toEqual([
      {
        path: ['backgroundWork'],
        at: 'value',
        found: "'paused', which is not available yet",
        expected: 'none or safe',
      },
    ]);
  });

  it.each([['httpRoute'], ['ingress'], ['virtualService'], ['replicas'], ['featureFlag']])(
    'a router of the kind %s is not available yet',
    kind => {
      expect(issuesOf({ router: { ...alb, kind } })).toEqual([
        {
          path: ['router', 'kind'],
          at: 'value',
          found: `'${kind}', which is not available yet`,
          expected: 'alb or selector',
        },
      ]);
    },
  );

  it('a key that is missing or misspelt', () => {
    const { name: _, ...nameless } = least;
    expect(checkWorkload(nameless)).toMatchObject({ issues: [{ path: ['name'], at: 'missing', found: 'no name' }] });
    expect(checked({ conections: 'cut' })).toMatchObject({
      issues: [{ path: ['conections'], at: 'key', found: "the unknown key 'conections'", guess: 'connections' }],
    });
  });

  it.each<[unknown, string]>([
    ['shop', "'shop'"],
    [null, 'nothing'],
    [[], 'an empty list'],
    [7, '7'],
  ])('a file that holds %j', (input, found) => {
    const expected = 'a map that starts with apiVersion: sluice/v1 and kind: Workload';
    expect(checkWorkload(input)).toEqual({ kind: 'issues', issues: [{ path: [], at: 'value', found, expected }] });
  });
});
