import { DescribeTagsCommand, type ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RouterRuleError, RouterUnreachableError } from '../errors.ts';
import { asElbErrors } from './errors.ts';

/** DescribeTags takes no more ("You can specify up to 20 resources in a single call"). */
const MOST_AT_ONCE = 20;

/**
 * Tags by ARN, in as few calls as there can be. What was not answered is never taken for "no tags".
 * @throws RouterRuleError one of them is not there @throws RouterUnreachableError no answer, or no permission to ask
 */
export async function describeTags(
  client: ElasticLoadBalancingV2Client,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<Record<string, Record<string, string>>> {
  const all = [...new Set(arns)];
  const found: Record<string, Record<string, string>> = {};
  for (let from = 0; from < all.length; from += MOST_AT_ONCE) {
    const ResourceArns = all.slice(from, from + MOST_AT_ONCE);
    const { TagDescriptions: descriptions = [] } = await asElbErrors(
      `DescribeTags of ${ResourceArns.join(', ')}`,
      RouterUnreachableError,
      () => client.send(new DescribeTagsCommand({ ResourceArns }), { abortSignal }),
    );
    for (const { ResourceArn: arn = '', Tags: tags = [] } of descriptions) {
      found[arn] = Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
    }
  }
  const missing = all.find(arn => found[arn] === undefined);
  if (missing !== undefined) throw new RouterRuleError(`${missing} is not there: ELB describes no tags of it`);
  return found;
}
