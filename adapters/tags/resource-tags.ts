import {
  AddTagsCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { UnreachableError } from '../../domain/errors.ts';
import { lazy } from '../../domain/lazy.ts';
import type { Service } from '../../domain/tags/owner-tags.ts';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure, type Env } from '../aws-client-config.ts';

export class TagsUnreachableError extends UnreachableError {
  override readonly name = 'TagsUnreachableError';
}

export interface Tagged {
  service: Service;
  arn: string;
}

/** Tags of resources, read and written with the credentials of whoever calls. */
export interface ResourceTags {
  /** @throws TagsUnreachableError not there, no permission, or no answer: not known is not none */
  read(resource: Tagged): Promise<Record<string, string>>;
  /** Adds to the tags that are there. @throws TagsUnreachableError */
  add(resource: Tagged, tags: Readonly<Record<string, string>>): Promise<void>;
}

type Calls = (abortSignal: AbortSignal) => ResourceTags;

/** Each service's client is loaded when something of it is asked for. */
export function openResourceTags(env: Env): ResourceTags {
  const clients = {
    elasticloadbalancing: lazy(async () => loadBalancing(env)),
    ecr: lazy(() => ecr(env)),
    sns: lazy(() => sns(env)),
  } satisfies Record<Service, () => Promise<Calls>>;
  const call = async <T>(
    what: string,
    { service, arn }: Tagged,
    ask: (tags: ResourceTags) => Promise<T>,
  ): Promise<T> => {
    try {
      return await ask((await clients[service]())(AbortSignal.timeout(CALL_DEADLINE_MS)));
    } catch (error) {
      throw new TagsUnreachableError(`${what} of ${arn}: ${describeFailure(error)}`, { cause: error });
    }
  };
  return {
    read: resource => call('reading the tags', resource, tags => tags.read(resource)),
    add: (resource, tags) => call('writing the tags', resource, found => found.add(resource, tags)),
  };
}

const listOf = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const byKey = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []) =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

function loadBalancing(env: Env): Calls {
  const client = new ElasticLoadBalancingV2Client(awsClientConfig(env, 'ELASTIC_LOAD_BALANCING_V2'));
  return abortSignal => ({
    async read({ arn }) {
      const command = new DescribeTagsCommand({ ResourceArns: [arn] });
      const { TagDescriptions = [] } = await client.send(command, { abortSignal });
      const found = TagDescriptions.find(({ ResourceArn }) => ResourceArn === arn);
      if (found === undefined) throw new Error('it is not there');
      return byKey(found.Tags);
    },
    async add({ arn }, tags) {
      await client.send(new AddTagsCommand({ ResourceArns: [arn], Tags: listOf(tags) }), { abortSignal });
    },
  });
}

async function ecr(env: Env): Promise<Calls> {
  const { ECRClient, ListTagsForResourceCommand, TagResourceCommand } = await import('@aws-sdk/client-ecr');
  const client = new ECRClient(awsClientConfig(env, 'ECR'));
  return abortSignal => ({
    async read({ arn: resourceArn }) {
      const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn }), { abortSignal });
      return byKey(tags);
    },
    async add({ arn: resourceArn }, tags) {
      await client.send(new TagResourceCommand({ resourceArn, tags: listOf(tags) }), { abortSignal });
    },
  });
}

async function sns(env: Env): Promise<Calls> {
  const { ListTagsForResourceCommand, SNSClient, TagResourceCommand } = await import('@aws-sdk/client-sns');
  const client = new SNSClient(awsClientConfig(env, 'SNS'));
  return abortSignal => ({
    async read({ arn: ResourceArn }) {
      const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn }), { abortSignal });
      return byKey(Tags);
    },
    async add({ arn: ResourceArn }, tags) {
      await client.send(new TagResourceCommand({ ResourceArn, Tags: listOf(tags) }), { abortSignal });
    },
  });
}
