import { createHash } from 'node:crypto';

/** ARNs of the lab, in the form of the real ones; the same name always gives the same ARN. */
const prefix = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const id = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 16);

export const loadBalancerArn = (name: string): string => `${prefix}:loadbalancer/app/${name}/${id(name)}`;

export const listenerArn = (loadBalancer: string): string =>
  `${prefix}:listener/app/${loadBalancer}/${id(loadBalancer)}/${id(`${loadBalancer} listener`)}`;

/** @param rule any name; a real rule's ARN does not show one */
export const ruleArn = (loadBalancer: string, rule: string): string =>
  `${listenerArn(loadBalancer).replace(':listener/', ':listener-rule/')}/${id(rule)}`;

export const targetGroupArn = (name: string): string => `${prefix}:targetgroup/${name}/${id(name)}`;
