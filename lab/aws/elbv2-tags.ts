import type * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from './aws-error.ts';
import type { ControlledLoadBalancer } from './elbv2-targets.ts';

/** By ARN, then by key. */
export type ResourceTags = Record<string, Record<string, string>>;

/** ELB's limits: resources of one call, and tags of one resource. */
const MOST_ARNS = 20;
const MOST_TAGS = 50;

export const tagsOf = (tags: readonly elb.Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

/** The operations of tags; they last as long as the endpoint. */
export function tagOperations(loadBalancer: ControlledLoadBalancer, tags: ResourceTags) {
  const requireThere = (arn: string): string => {
    const there = [
      loadBalancer.arn,
      loadBalancer.listenerArn,
      ...loadBalancer.rules().map(rule => rule.arn),
      ...loadBalancer.targetGroups().map(group => group.arn),
    ];
    if (there.includes(arn)) return arn;
    throw new AwsError(notFound(arn), `'${arn}' not found`);
  };
  const arnsOf = (arns: readonly string[] = []): string[] => {
    if (arns.length > MOST_ARNS) throw new AwsError('ValidationError', `At most ${MOST_ARNS} resources a call`);
    return arns.map(requireThere);
  };
  return {
    async describe({ ResourceArns }: elb.DescribeTagsCommandInput): Promise<elb.DescribeTagsOutput> {
      return {
        TagDescriptions: arnsOf(ResourceArns).map(ResourceArn => ({
          ResourceArn,
          Tags: Object.entries(tags[ResourceArn] ?? {}).map(([Key, Value]) => ({ Key, Value })),
        })),
      };
    },

    async add({ ResourceArns, Tags = [] }: elb.AddTagsCommandInput): Promise<elb.AddTagsOutput> {
      for (const arn of arnsOf(ResourceArns)) {
        const all = { ...tags[arn], ...tagsOf(Tags) };
        if (Object.keys(all).length > MOST_TAGS) throw new AwsError('TooManyTags', `At most ${MOST_TAGS} tags`);
        tags[arn] = all;
      }
      return {};
    },

    async remove({ ResourceArns, TagKeys = [] }: elb.RemoveTagsCommandInput): Promise<elb.RemoveTagsOutput> {
      for (const arn of arnsOf(ResourceArns)) {
        tags[arn] = Object.fromEntries(Object.entries(tags[arn] ?? {}).filter(([key]) => !TagKeys.includes(key)));
      }
      return {};
    },
  };
}

function notFound(arn: string): string {
  if (arn.includes(':listener-rule/')) return 'RuleNotFound';
  if (arn.includes(':listener/')) return 'ListenerNotFound';
  return arn.includes(':targetgroup/') ? 'TargetGroupNotFound' : 'LoadBalancerNotFound';
}
