import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { PSEUDO_PARAMETERS, referencesIn, resolved, type TemplateResource } from '../support/template-values.ts';
import type { AnswerBucket } from './answer-bucket.ts';

/*
 * The custom resources of a stack, walked as CloudFormation walks them, over its own protocol.
 * docs: "Custom resource request/response reference", "Stack failure options", "Invoking Lambda asynchronously"
 */

export type Template = Record<string, TemplateResource>;

export interface StackOptions {
  stackId: string;
  bucket: AnswerBucket;
  /** The address of an answer, with this path. */
  addressOf: (path: string) => string;
  /** Lambda's call of a function by its ARN. Rejects where the function failed. */
  invoke: (functionArn: string, event: Event) => Promise<unknown>;
  /** Parameters, and what is in the stack besides custom resources: by name or logical id, what `Ref` is. */
  refs: Record<string, string>;
  /** What `Fn::GetAtt` is of what is in the stack besides custom resources. */
  attribute?: (logicalId: string, name: string) => string | undefined;
  /** Every event arrives twice, as Lambda says that it may. */
  isTwice?: boolean;
}

export interface Event {
  RequestType: 'Create' | 'Update' | 'Delete';
  ServiceToken: string;
  ResponseURL: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
  PhysicalResourceId?: string;
  ResourceType: string;
  ResourceProperties: Record<string, unknown>;
  OldResourceProperties?: Record<string, unknown>;
}

/** How a deployment ended; `because` names the resource that failed first. */
export interface Ended {
  status: `${'CREATE' | 'UPDATE' | 'DELETE' | 'ROLLBACK' | 'UPDATE_ROLLBACK'}_${'COMPLETE' | 'FAILED'}`;
  because?: string;
}

interface Made {
  type: string;
  physicalId: string;
  properties: Record<string, unknown>;
  attributes: Record<string, string>;
}

type Answered = { kind: 'success'; made: Made } | { kind: 'failed'; reason: string; physicalId: string };

/** A call that failed is repeated twice. */
const LAMBDA_CALLS = 3;
const MOST_BYTES = 4_096;
const answerSchema = z.strictObject({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().min(1).optional(),
  PhysicalResourceId: z.string().min(1).max(1_024),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  Data: z.record(z.string(), z.string()).optional(),
});

export function openStack(options: StackOptions) {
  const { stackId, bucket, refs } = options;
  let there = new Map<string, Made>();
  const events: Event[] = [];

  const values = {
    ref: (name: string) =>
      there.get(name)?.physicalId ?? { ...PSEUDO_PARAMETERS, ...refs, 'AWS::StackId': stackId }[name],
    attribute: (logicalId: string, name: string) =>
      there.get(logicalId)?.attributes[name] ?? options.attribute?.(logicalId, name),
  };
  const propertiesOf = (logicalId: string, { Properties = {} }: TemplateResource) =>
    asTexts(resolved(Properties, values, logicalId)) as Record<string, unknown>;

  async function ask(
    logicalId: string,
    type: Event['RequestType'],
    made: Omit<Made, 'attributes' | 'physicalId'> & { physicalId?: string; old?: Record<string, unknown> },
  ): Promise<Answered> {
    const { physicalId, properties, old } = made;
    const RequestId = randomUUID();
    const path = `/${encodeURIComponent(`${stackId}|${logicalId}|${RequestId}`)}?X-Amz-Signature=secret-of-the-stack`;
    const event: Event = {
      RequestType: type,
      ServiceToken: String(properties.ServiceToken),
      ResponseURL: options.addressOf(path),
      StackId: stackId,
      RequestId,
      LogicalResourceId: logicalId,
      ...(physicalId !== undefined && { PhysicalResourceId: physicalId }),
      ResourceType: made.type,
      ResourceProperties: properties,
      ...(old !== undefined && { OldResourceProperties: old }),
    };
    events.push(event);
    // each call gets its own copy, as from a queue
    const call = () => options.invoke(event.ServiceToken, structuredClone(event));
    for (let calls = 0; calls < LAMBDA_CALLS; calls += 1) {
      const failed = await call().then(
        () => false,
        () => true,
      );
      if (!failed) break;
    }
    if (options.isTwice === true) await call();
    // what CloudFormation calls a resource that never said its name
    const known = physicalId ?? `${stackId.split('/').at(-2)}-${logicalId}-1A2B3C4D5E6F7`;
    const put = bucket.takenAt(path);
    if (put === undefined) {
      return { kind: 'failed', reason: 'CloudFormation did not receive a response', physicalId: known };
    }
    if (put.body.byteLength > MOST_BYTES) {
      return { kind: 'failed', reason: 'Response object is too long.', physicalId: known };
    }
    const answer = answerSchema.parse(JSON.parse(put.body.toString()));
    const isOfThis =
      answer.StackId === stackId && answer.RequestId === RequestId && answer.LogicalResourceId === logicalId;
    if (!isOfThis) return { kind: 'failed', reason: 'Invalid response', physicalId: known };
    if (answer.Status === 'SUCCESS') {
      const { PhysicalResourceId, Data = {} } = answer;
      return {
        kind: 'success',
        made: { type: made.type, physicalId: PhysicalResourceId, properties, attributes: Data },
      };
    }
    if (answer.Reason === undefined) throw new Error('a failure without a reason');
    return { kind: 'failed', reason: answer.Reason, physicalId: answer.PhysicalResourceId };
  }

  /** @returns what failed, where something did */
  async function remove(logicalIds: string[], from: Map<string, Made>): Promise<string | undefined> {
    let because: string | undefined;
    for (const logicalId of logicalIds) {
      const made = from.get(logicalId);
      if (made === undefined) continue;
      const answered = await ask(logicalId, 'Delete', made);
      if (answered.kind === 'success') there.delete(logicalId);
      else because ??= `${logicalId}: ${answered.reason}`;
    }
    return because;
  }

  /** The stack as it was, from whatever a deployment has left. */
  async function rollBack(before: Map<string, Made>): Promise<string | undefined> {
    let because: string | undefined;
    const replaced: [string, Made][] = [];
    for (const [logicalId, was] of before) {
      const now = there.get(logicalId);
      if (now === undefined || now === was) continue;
      const answered = await ask(logicalId, 'Update', { ...now, properties: was.properties, old: now.properties });
      if (answered.kind === 'failed') because ??= `${logicalId}: ${answered.reason}`;
      else {
        if (answered.made.physicalId !== now.physicalId) replaced.push([logicalId, now]);
        there.set(logicalId, answered.made);
      }
    }
    const added = [...there.keys()].filter(logicalId => !before.has(logicalId));
    because ??= await remove(added.reverse(), there);
    for (const [logicalId, made] of replaced) await ask(logicalId, 'Delete', made);
    return because;
  }

  /** @param failsElsewhere in a resource of the stack that is none of ours, when all of ours are done */
  async function deploy(template: Template, failsElsewhere = false): Promise<string | undefined> {
    const replaced: [string, Made][] = [];
    for (const [logicalId, resource] of inOrder(template)) {
      const was = there.get(logicalId);
      const properties = propertiesOf(logicalId, resource);
      if (was !== undefined && JSON.stringify(was.properties) === JSON.stringify(properties)) continue;
      const wanted = { type: resource.Type, properties };
      const answered =
        was === undefined
          ? await ask(logicalId, 'Create', wanted)
          : await ask(logicalId, 'Update', { ...wanted, physicalId: was.physicalId, old: was.properties });
      if (answered.kind === 'failed') {
        // it is there for the roll back all the same: as it was asked for, under the name that it has
        there.set(logicalId, { ...wanted, physicalId: answered.physicalId, attributes: was?.attributes ?? {} });
        return `${logicalId}: ${answered.reason}`;
      }
      if (was !== undefined && was.physicalId !== answered.made.physicalId) replaced.push([logicalId, was]);
      there.set(logicalId, answered.made);
    }
    if (failsElsewhere) return 'another resource of the stack failed';
    const gone = [...there.keys()].filter(logicalId => template[logicalId] === undefined);
    await remove(gone.reverse(), there); // what fails here is left, and the update is complete
    for (const [logicalId, made] of replaced) await ask(logicalId, 'Delete', made);
    return undefined;
  }

  return {
    /** Every request, oldest first. */
    events,
    physicalIds: () => Object.fromEntries([...there].map(([logicalId, { physicalId }]) => [logicalId, physicalId])),
    ask,
    async create(template: Template, failsElsewhere = false): Promise<Ended> {
      const because = await deploy(template, failsElsewhere);
      if (because === undefined) return { status: 'CREATE_COMPLETE' };
      const left = await remove([...there.keys()].reverse(), there);
      return { status: left === undefined ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED', because: left ?? because };
    },
    async update(template: Template, failsElsewhere = false): Promise<Ended> {
      const before = new Map(there);
      const because = await deploy(template, failsElsewhere);
      if (because === undefined) return { status: 'UPDATE_COMPLETE' };
      const left = await rollBack(before);
      there = new Map([...before].map(([logicalId, was]) => [logicalId, there.get(logicalId) ?? was]));
      return {
        status: left === undefined ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_FAILED',
        because: left ?? because,
      };
    },
    async delete(): Promise<Ended> {
      const because = await remove([...there.keys()].reverse(), there);
      return because === undefined ? { status: 'DELETE_COMPLETE' } : { status: 'DELETE_FAILED', because };
    },
  };
}

const isCustom = ({ Type }: TemplateResource): boolean => Type.startsWith('Custom::');

/** The custom resources, each after those that it waits for. */
function inOrder(template: Template): [string, TemplateResource][] {
  const custom = Object.entries(template).filter(([, resource]) => isCustom(resource));
  const ordered = new Map<string, TemplateResource>();
  const visit = (logicalId: string, resource: TemplateResource) => {
    const waitsFor = new Set([...[resource.DependsOn ?? []].flat(), ...referencesIn(resource.Properties)]);
    for (const [other, its] of custom) if (waitsFor.has(other) && !ordered.has(other)) visit(other, its);
    ordered.set(logicalId, resource);
  };
  for (const [logicalId, resource] of custom) visit(logicalId, resource);
  return [...ordered];
}

/** Numbers and truths arrive as texts, however deep they are. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTexts(item)]));
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
