import type { ForwardAction } from './model.ts';

/** The name that an ALB gives the cookie of a rule's stickiness between target groups. */
const STICKY_COOKIE = 'AWSALBTG';

/**
 * The target group that the client's cookie names, if it still counts: stickiness is on, the cookie has not ended on
 * the lab's clock, and the group is in the rule (at any weight, 0 too: a cookie beats the weight).
 */
export function stickyGroup(
  action: ForwardAction,
  cookieHeader: string | undefined,
  nowEpochMs: number,
): string | undefined {
  if (!action.stickiness.enabled || cookieHeader === undefined) return undefined;
  for (const part of cookieHeader.split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name !== STICKY_COOKIE || value === undefined) continue;
    const [endsAt, arn] = Buffer.from(value, 'base64url').toString().split(' ', 2);
    if (!(Number(endsAt) > nowEpochMs)) continue;
    if (action.targetGroups.some(group => group.arn === arn)) return arn;
  }
  return undefined;
}

/**
 * The Set-Cookie that keeps a client on a group for the rule's duration.
 * @param wallSeconds what that duration takes on the wall, for the client's own clock
 */
export function stickyCookie(input: { arn: string; endsAtEpochMs: number; wallSeconds: number }): string {
  const value = Buffer.from(`${input.endsAtEpochMs} ${input.arn}`).toString('base64url');
  return `${STICKY_COOKIE}=${value}; Max-Age=${Math.ceil(input.wallSeconds)}; Path=/`;
}
