import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { StandingRule } from '../../../domain/routers/alb/overlap.ts';

export const authenticates = ({ Type }: Pick<Action, 'Type'>): boolean =>
  Type === 'authenticate-oidc' || Type === 'authenticate-cognito';

/** Where a rule stands, and whether it asks who comes. */
export const standingRule = ({ RuleArn: arn = '', Priority, Actions = [], Conditions = [] }: Rule): StandingRule => ({
  arn,
  priority: Priority === 'default' ? Number.POSITIVE_INFINITY : Number(Priority),
  authenticates: Actions.some(authenticates),
  conditions: Conditions,
});
