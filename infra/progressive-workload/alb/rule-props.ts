import type { Duration } from 'aws-cdk-lib';

/**
 * Which requests are the workload's; all conditions together, and in each any of the values: 5 values in all, of which the rule
 * of a preview needs one for its header.
 *
 *     const conditions: RuleConditions = { hostHeaders: ['shop.example.com'], pathPatterns: ['/checkout'] };
 */
export interface RuleConditions {
  readonly hostHeaders?: readonly string[];
  readonly pathPatterns?: readonly string[];
  /** Each with any of its values; several headers have to be there together. */
  readonly headers?: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** `GET`, `POST`, in capital letters. */
  readonly methods?: readonly string[];
  /** Without a key: the value of any. */
  readonly queryStrings?: readonly { readonly key?: string; readonly value: string }[];
  /** Blocks of addresses in CIDR notation, of the connection; X-Forwarded-For does not count. */
  readonly sourceIps?: readonly string[];
}

/** What both kinds of log-in have. */
interface LogInProps {
  /** @default 'openid' */
  readonly scope?: string;
  /** @default 'AWSELBAuthSessionCookie' */
  readonly sessionCookieName?: string;
  /** @default 7 days */
  readonly sessionTimeout?: Duration;
  /** @default 'authenticate' */
  readonly onUnauthenticatedRequest?: 'authenticate' | 'allow' | 'deny';
  readonly extraParams?: Readonly<Record<string, string>>;
}

/**
 * Who is asked before the forward, by OpenID Connect. The secret and the permission to read it are the control plane's: the secret
 * has the tag `sluice:control-plane` with its name.
 *
 *     const authenticate: OidcProps = { kind: 'oidc', ...provider, clientId: 'shop', clientSecret: { secretArn } };
 */
export interface OidcProps extends LogInProps {
  readonly kind: 'oidc';
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  /** In AWS Secrets Manager; `jsonKey` where it is a member of an object. It is in no template, and no log. */
  readonly clientSecret: { readonly secretArn: string; readonly jsonKey?: string };
}

/**
 * The same by an Amazon Cognito user pool, which has the tag `sluice:control-plane` with the control plane's name.
 *
 *     const authenticate: CognitoProps = { kind: 'cognito', userPoolArn, userPoolClientId, userPoolDomain: 'shop' };
 */
export interface CognitoProps extends LogInProps {
  readonly kind: 'cognito';
  readonly userPoolArn: string;
  readonly userPoolClientId: string;
  readonly userPoolDomain: string;
}
