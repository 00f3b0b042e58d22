import { AwsError } from './aws-error.ts';
import type { RawEndpoint, RawRequest, RawResponse } from './endpoint.ts';

/** A handler as Lambda calls it; what it returns is written as JSON. */
export type LambdaFunction = (event: unknown) => Promise<unknown>;

/** 6 MB, for the event and for the answer of a synchronous call. */
const MOST_BYTES = 6_291_556;

/**
 * Lambda's Invoke, RequestResponse only, of functions in this process. A throw is answered as Lambda does: status 200
 * with X-Amz-Function-Error and {errorType, errorMessage, trace}. A name may be an ARN or have a version or alias, which
 * is taken for the same function. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function lambdaEndpoint(functions: Record<string, LambdaFunction>): RawEndpoint {
  return {
    signingName: 'lambda',
    operationOf: () => 'Invoke',
    async answer(request) {
      const { name, version } = functionOf(request);
      const handler = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (handler === undefined) {
        const message = `Function not found: arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
        throw new AwsError('ResourceNotFoundException', message, 404, { Type: 'User' });
      }
      const invocationType = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
      if (invocationType !== 'RequestResponse') {
        const message = `the lab invokes with RequestResponse only, not ${invocationType}`;
        throw new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });
      }
      return run(handler, readEvent(request.body), version);
    },
  };
}

function functionOf({ method, path }: RawRequest): { name: string; version: string } {
  const url = new URL(path, 'http://lambda');
  const found = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname)?.[1];
  if (method !== 'POST' || found === undefined)
    throw new AwsError('UnknownOperationException', `the lab's lambda has no ${method} ${url.pathname}`, 404);
  // NAME[:VERSION], or that after arn:aws:lambda:REGION:ACCOUNT:function: or ACCOUNT:function:
  const [name = '', version] = decodeURIComponent(found)
    .replace(/^.*:function:/, '')
    .split(':');
  return { name, version: url.searchParams.get('Qualifier') ?? version ?? '$LATEST' };
}

function readEvent(body: Buffer): unknown {
  if (body.length > MOST_BYTES) {
    const message = `Request must be smaller than ${MOST_BYTES} bytes for the InvokeFunction operation`;
    throw new AwsError('RequestTooLargeException', message, 413, { Type: 'User' });
  }
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    const message = `Could not parse request body into json: ${error instanceof Error ? error.message : String(error)}`;
    throw new AwsError('InvalidRequestContentException', message, 400, { Type: 'User' });
  }
}

async function run(handler: LambdaFunction, event: unknown, version: string): Promise<RawResponse> {
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': version };
  const failed = (body: object): RawResponse => ({
    statusCode: 200,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(body),
  });
  try {
    // a handler that returns nothing answers null
    const body = JSON.stringify(await handler(event)) ?? 'null';
    if (Buffer.byteLength(body) <= MOST_BYTES) return { statusCode: 200, headers, body };
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MOST_BYTES} bytes).`;
    return failed({ errorType: 'Function.ResponseSizeTooLarge', errorMessage });
  } catch (error) {
    if (!(error instanceof Error)) return failed({ errorType: typeof error, errorMessage: String(error), trace: [] });
    return failed({ errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] });
  }
}
