import type { AlbRouterProps } from './props.ts';

/**
 * Who is asked, as the custom resource takes it: an action of the ELBv2 API, and where its secret is. What is not said is left
 * out, and ELB fills it in.
 */
export function authenticateOf(given: AlbRouterProps['authenticate']): object | undefined {
  if (given === undefined) return undefined;
  if (given === 'none') return { type: 'none' };
  const { scope, sessionCookieName, sessionTimeout, onUnauthenticatedRequest, extraParams } = given;
  const common = {
    ...(scope !== undefined && { Scope: scope }),
    ...(sessionCookieName !== undefined && { SessionCookieName: sessionCookieName }),
    ...(sessionTimeout !== undefined && { SessionTimeout: sessionTimeout.toSeconds() }),
    ...(onUnauthenticatedRequest !== undefined && { OnUnauthenticatedRequest: onUnauthenticatedRequest }),
    ...(extraParams !== undefined && { AuthenticationRequestExtraParams: extraParams }),
  };
  if (given.kind === 'cognito') {
    const { userPoolArn, userPoolClientId, userPoolDomain } = given;
    const config = { UserPoolArn: userPoolArn, UserPoolClientId: userPoolClientId, UserPoolDomain: userPoolDomain };
    return { type: 'authenticate-cognito', config: { ...config, ...common } };
  }
  const { secretArn, jsonKey } = given.clientSecret;
  return {
    type: 'authenticate-oidc',
    config: {
      Issuer: given.issuer,
      AuthorizationEndpoint: given.authorizationEndpoint,
      TokenEndpoint: given.tokenEndpoint,
      UserInfoEndpoint: given.userInfoEndpoint,
      ClientId: given.clientId,
      ...common,
    },
    clientSecret: { arn: secretArn, ...(jsonKey !== undefined && { jsonKey }) },
  };
}
