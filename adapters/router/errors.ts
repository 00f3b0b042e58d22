/** The rule cannot carry a dial: not there, three groups, unknown group, another header. Retrying does not help. */
export class RouterRuleError extends Error {
  override readonly name = 'RouterRuleError';
}

/** The load balancer's API did not answer or refused for now (throttling, time-out, 5xx). Retrying may help. */
export class RouterUnreachableError extends Error {
  override readonly name = 'RouterUnreachableError';
}
