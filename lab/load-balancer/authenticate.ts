import type { Authentication } from './model.ts';

/*
 * What a rule's authenticate action does with a request, without an identity provider: who has a session is let through, who has
 * none is sent to log in. Unlike an Application Load Balancer the lab's does so on a listener of HTTP.
 */

export type Admitted =
  /** `identity`: of whoever has a session; absent: anybody, whom the rule lets in as well. */
  | { kind: 'admitted'; identity?: string }
  | { kind: 'refused'; status: 401 }
  | { kind: 'sentToLogIn'; location: string };

/** @param cookieHeader as the client sent it   @param nowEpochMs on the lab's clock: a session ends */
export function authenticated(
  { sessionCookie, onUnauthenticated, logInUrl }: Authentication,
  cookieHeader: string | undefined,
  nowEpochMs: number,
): Admitted {
  const identity = sessionOf(sessionCookie, cookieHeader, nowEpochMs);
  if (identity !== undefined) return { kind: 'admitted', identity };
  switch (onUnauthenticated) {
    case 'allow':
      return { kind: 'admitted' };
    case 'deny':
      return { kind: 'refused', status: 401 };
    case 'authenticate':
      return { kind: 'sentToLogIn', location: logInUrl };
  }
}

/** What a client has in its `cookie` header once it has logged in. */
export const sessionText = (
  { sessionCookie }: Pick<Authentication, 'sessionCookie'>,
  session: { identity: string; endsAtEpochMs: number },
): string => `${sessionCookie}-0=${Buffer.from(JSON.stringify(session)).toString('base64url')}`;

/** ELB cuts a session into numbered cookies; one is enough here. */
function sessionOf(name: string, cookieHeader = '', nowEpochMs: number): string | undefined {
  for (const part of cookieHeader.split(';')) {
    const [key, value = ''] = part.trim().split('=', 2);
    if (key !== `${name}-0`) continue;
    const [, identity, endsAt] = /^\{"identity":"([^"]*)","endsAtEpochMs":(\d+)\}$/.exec(decoded(value)) ?? [];
    if (identity !== undefined && Number(endsAt) > nowEpochMs) return identity;
  }
  return undefined;
}

const decoded = (value: string): string => Buffer.from(value, 'base64url').toString();
