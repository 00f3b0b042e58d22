import { BlockedError, UnreachableError } from '../../domain/errors.ts';

/** The rule cannot carry a dial: not there, three groups, unknown group, another header. Retrying does not help. */
export class RouterRuleError extends BlockedError {
  override readonly name = 'RouterRuleError';
}

/** The load balancer's API did not answer or refused for now (throttling, time-out, 5xx). Retrying may help. */
export class RouterUnreachableError extends UnreachableError {
  override readonly name = 'RouterUnreachableError';
}
