import type { Publish$ } from '@aws-sdk/client-sns';

/** The static schema of an operation, as every SDK v3 client exports it (`ModifyRule$`, `GetMetricData$`). */
export type OperationSchema = typeof Publish$;

/** A service that speaks a protocol which the wire server can read from the clients' schemas. */
export interface SchemaEndpoint {
  /** The service's name in the request's signature: elasticloadbalancing, monitoring, states, ecr, sns, dynamodb. */
  signingName: string;
  operations: Record<string, Operation>;
}

export interface Operation {
  schema: OperationSchema;
  // biome-ignore lint/suspicious/noExplicitAny: each handler names the SDK's own input type; the schema is what makes it true
  handle(input: any): Promise<object>;
}

export interface RawRequest {
  method: string;
  /** Path with the query string. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface RawResponse {
  statusCode: number;
  headers?: Record<string, string>;
  body: string | Uint8Array;
}

/** A service with a REST protocol (Lambda Invoke): the endpoint reads the path and writes the answer itself. */
export interface RawEndpoint {
  signingName: string;
  /** The operation's name, for faults and counts. */
  operationOf(request: RawRequest): string;
  answer(request: RawRequest): Promise<RawResponse>;
}

export type Endpoint = SchemaEndpoint | RawEndpoint;
