export type Env = Readonly<Record<string, string | undefined>>;

/**
 * For one call with all its repetitions and pages, handed to the SDK as an abort signal: a Lambda's time-out (20 s and
 * more) must never be what ends a call, or nobody would say why it failed.
 */
export const CALL_DEADLINE_MS = 18_000;

/**
 * How an SDK client is set up, from an environment that is handed in (so that two labs fit into one process).
 * Three attempts of 1 s to connect and 4 s to answer are 15 s; the SDK's pauses between them are at most 0.5 + 1 s when
 * throttled: 16.5 s in all, below CALL_DEADLINE_MS.
 * @param service as in AWS_ENDPOINT_URL_<service>, e.g. `CLOUDWATCH`
 */
export function awsClientConfig(env: Env, service: string) {
  const endpoint = env[`AWS_ENDPOINT_URL_${service}`] ?? env.AWS_ENDPOINT_URL;
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const sessionToken = env.AWS_SESSION_TOKEN;
  return {
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 4_000,
      // without this a breach is a warning on the console and the call goes on
      throwOnRequestTimeout: true,
    },
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  };
}

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** `AccessDeniedException: not authorized to ...`: the failure by the name that AWS, the SDK or Node gives it. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return `${error.name !== 'Error' ? error.name : (code ?? error.name)}: ${error.message}`;
}
