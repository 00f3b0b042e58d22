import { keepListenerRule, type ListenerRuleDeps } from '../../application/custom-resources/listener-rule.ts';
import { type CustomResourceDeps, makeCustomResource } from '../lambda/custom-resource.ts';
import { controlPlaneName, openLedger, openShared, openWorkloads } from '../lambda/open.ts';
import { customResource } from '../lambda/open-custom-resource.ts';
import { openRules } from '../lambda/open-rules.ts';
import { openSecrets } from '../lambda/open-secrets.ts';

export const makeHandler = (deps: ListenerRuleDeps & CustomResourceDeps) =>
  makeCustomResource('listener-rule', deps, request => keepListenerRule(deps, request));

export const handler = customResource(
  'listener-rule',
  env => ({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    rules: openRules(env),
    secrets: openSecrets(env),
    controlPlane: controlPlaneName(env),
  }),
  keepListenerRule,
);
