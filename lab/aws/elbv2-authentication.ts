import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Authentication } from '../load-balancer/model.ts';
import { AwsError } from './aws-error.ts';

/** As ELB names the cookie of a session where a rule does not. */
const SESSION_COOKIE = 'AWSELBAuthSessionCookie';
const WHEN_NOT = ['authenticate', 'allow', 'deny'] as const;

export const isAuthentication = (type: Action['Type']): boolean =>
  type === 'authenticate-oidc' || type === 'authenticate-cognito';

/** Without the client's secret: ELB never gives it back. */
export const describeAuthentication = ({ type, config }: Authentication): Action =>
  type === 'authenticate-oidc'
    ? { Type: type, Order: 1, AuthenticateOidcConfig: config as unknown as Action['AuthenticateOidcConfig'] }
    : { Type: type, Order: 1, AuthenticateCognitoConfig: config as unknown as Action['AuthenticateCognitoConfig'] };

/** @throws AwsError where ELB would refuse it */
export function parseAuthentication(action: Action, before: Authentication | undefined): Authentication {
  return action.Type === 'authenticate-oidc' ? parseOidc(action, before) : parseCognito(action);
}

function parseOidc({ AuthenticateOidcConfig: given }: Action, before: Authentication | undefined): Authentication {
  const { ClientSecret, UseExistingClientSecret = false, ...config } = given ?? {};
  for (const key of ['Issuer', 'AuthorizationEndpoint', 'TokenEndpoint', 'UserInfoEndpoint', 'ClientId'] as const) {
    if (config[key as keyof typeof config] === undefined) throw missing(`AuthenticateOidcConfig.${key}`);
  }
  if (UseExistingClientSecret === (ClientSecret !== undefined)) {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      'Either a client secret or UseExistingClientSecret must be specified, and not both',
    );
  }
  const clientSecret = UseExistingClientSecret ? before?.clientSecret : ClientSecret;
  if (clientSecret === undefined) {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      'There is no existing client secret: a client secret must be specified',
    );
  }
  const { AuthorizationEndpoint: logInUrl = '' } = config as { AuthorizationEndpoint?: string };
  return { type: 'authenticate-oidc', ...common(config, logInUrl), clientSecret };
}

function parseCognito({ AuthenticateCognitoConfig: config }: Action): Authentication {
  for (const key of ['UserPoolArn', 'UserPoolClientId', 'UserPoolDomain'] as const) {
    if (config?.[key] === undefined) throw missing(`AuthenticateCognitoConfig.${key}`);
  }
  const logInUrl = `https://${config?.UserPoolDomain}.auth.amazoncognito.com/oauth2/authorize`;
  return { type: 'authenticate-cognito', ...common({ ...config }, logInUrl) };
}

type Config = { SessionCookieName?: string | undefined; OnUnauthenticatedRequest?: string | undefined };

/** With what ELB fills in where the call does not say it. */
function common(given: Config, logInUrl: string) {
  const onUnauthenticated = WHEN_NOT.find(one => one === (given.OnUnauthenticatedRequest ?? 'authenticate'));
  if (onUnauthenticated === undefined) {
    throw new AwsError('ValidationError', `OnUnauthenticatedRequest must be one of [${WHEN_NOT.join(', ')}]`);
  }
  const sessionCookie = given.SessionCookieName ?? SESSION_COOKIE;
  const filled = { Scope: 'openid', SessionTimeout: 604_800, ...given };
  const config = { ...filled, SessionCookieName: sessionCookie, OnUnauthenticatedRequest: onUnauthenticated };
  return { config, sessionCookie, onUnauthenticated, logInUrl };
}

const missing = (what: string): AwsError => new AwsError('ValidationError', `${what} must be specified`);
