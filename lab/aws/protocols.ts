import { randomUUID } from 'node:crypto';
import { JsonCodec2, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from './aws-error.ts';
import type { OperationSchema, RawRequest, RawResponse } from './endpoint.ts';
import { readQueryForm } from './query-form.ts';

/** How one request's body is read and its answer written. */
export interface WireProtocol {
  operation: string;
  readInput(schema: OperationSchema): Promise<object>;
  writeOutput(schema: OperationSchema, output: object): RawResponse;
  writeError(error: AwsError): RawResponse;
  /** What this protocol's services call "too many requests". */
  throttlingCode: string;
}

/** The protocol that `request` speaks, read from its headers; undefined for a REST protocol. */
export function protocolOf(request: RawRequest): WireProtocol | undefined {
  const contentType = String(request.headers['content-type'] ?? '');
  const json = /^application\/x-amz-json-(1\.[01])/.exec(contentType);
  if (json !== null) return jsonProtocol(request, contentType);
  if (contentType.startsWith('application/x-www-form-urlencoded')) return queryProtocol(request);
  return undefined;
}

// timestamps as epoch seconds (7) unless the shape says otherwise: what AwsJsonRpcProtocol of the SDK sets
const jsonCodec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });

function jsonProtocol(request: RawRequest, contentType: string): WireProtocol {
  const headers = () => ({ 'content-type': contentType, 'x-amzn-requestid': randomUUID() });
  return {
    // `GraniteServiceVersion20100801.GetMetricData`
    operation: String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, ''),
    throttlingCode: 'ThrottlingException',
    async readInput(schema) {
      const text = request.body.toString('utf8');
      return jsonCodec.createDeserializer().read(NormalizedSchema.of(schema[4]), text === '' ? '{}' : text);
    },
    writeOutput(schema, output) {
      const serializer = jsonCodec.createSerializer();
      const shape = NormalizedSchema.of(schema[5]);
      if (shape.isUnitSchema()) return { statusCode: 200, headers: headers(), body: '{}' };
      serializer.write(shape, output);
      // copied out: what the writer returns warns when anything treats it as a string, and Buffer.from does
      return { statusCode: 200, headers: headers(), body: new Uint8Array(serializer.flush()) };
    },
    writeError(error) {
      // CloudWatch kept its Query error codes when it moved to JSON: its client asks for them by a header
      const queryMode = request.headers['x-amzn-query-mode'] === 'true';
      return {
        statusCode: error.statusCode,
        headers: {
          ...headers(),
          ...(queryMode && { 'x-amzn-query-error': `${error.code};${faultOf(error)}` }),
        },
        body: JSON.stringify({ ...error.extra, __type: error.code, message: error.message }),
      };
    },
  };
}

function queryProtocol(request: RawRequest): WireProtocol {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const operation = form.get('Action') ?? '';
  const answer = (statusCode: number, xml: string): RawResponse => ({
    statusCode,
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>${xml}`,
  });
  return {
    operation,
    throttlingCode: 'Throttling',
    readInput: async schema => readQueryForm(NormalizedSchema.of(schema[4]), form),
    writeOutput(schema, output) {
      const metadata = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
      const result = writeXml(NormalizedSchema.of(schema[5]), `${operation}Result`, output);
      return answer(200, `<${operation}Response>${result}${metadata}</${operation}Response>`);
    },
    writeError(error) {
      const extra = Object.entries(error.extra).map(([name, value]) => element(name, String(value)));
      const details = element('Type', faultOf(error)) + element('Code', error.code) + element('Message', error.message);
      const requestId = element('RequestId', randomUUID());
      return answer(
        error.statusCode,
        `<ErrorResponse><Error>${details}${extra.join('')}</Error>${requestId}</ErrorResponse>`,
      );
    },
  };
}

function writeXml(schema: NormalizedSchema, name: string, output: object): string {
  if (schema.isUnitSchema()) return '';
  // the writer names the element after the shape (ModifyRuleOutput); on the wire it is <operation>Result
  const renamed = [...(schema.getSchema() as unknown[])];
  renamed[2] = name;
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: 5 },
    xmlNamespace: '',
    serviceNamespace: '',
  });
  serializer.write(NormalizedSchema.of(renamed as unknown as OperationSchema), output);
  return serializer.flush() as string;
}

const faultOf = (error: AwsError): string => (error.statusCode < 500 ? 'Sender' : 'Receiver');

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const element = (name: string, text: string): string =>
  `<${name}>${text.replace(/[&<>"]/g, character => escapes[character] ?? character)}</${name}>`;
