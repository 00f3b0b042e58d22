import { Command, Option } from '@commander-js/extra-typings';
import { openResourceTags, type ResourceTags, TagsUnreachableError } from '../../adapters/tags/resource-tags.ts';
import { otherOwner, type Tagging, taggingOf } from '../../domain/tags/owner-tags.ts';
import { CommandError } from '../command-error.ts';
import { reportErrors } from '../control-plane/operation-command.ts';
import { say, type Terminal } from '../terminal.ts';

/**
 * `sluice tag ARN...`: gives what was there before to a control plane. It acts with the credentials of who calls it, since
 * the functions may tag nothing that they did not make.
 */
export function makeTagCommand(terminal: Terminal) {
  return new Command('tag')
    .description(
      'write the tag on a rule, target group, repository or topic that lets the functions of a control plane use it; with your own AWS credentials. What has another owner is left alone',
    )
    .argument('<arns...>', 'of listener rules, target groups, repositories, topics')
    .option('--workload <name>', 'whose the rules and target groups are')
    .addOption(new Option('--carries <what>', 'what the rules are for').choices(['dial', 'preview']))
    .option('--control-plane <name>', "the control plane's name", 'sluice')
    .option('--dry-run', 'say what would be written, and write nothing')
    .action((arns, { workload, carries, controlPlane, dryRun = false }) =>
      reportErrors(terminal, async () => {
        const tags = openResourceTags(awsEnv());
        const wanted = arns.map(arn => ({ arn, ...checked(taggingOf({ arn, controlPlane, workload, carries })) }));
        // all are looked at before the first is written: a mistake in the last leaves nothing half done
        const missing = await Promise.all(wanted.map(one => missingOf(tags, one)));
        for (const [index, { arn, service, what, allows, tags: all }] of wanted.entries()) {
          const text = Object.entries(all)
            .map(([key, value]) => `${key} = ${value}`)
            .join(', ');
          if (Object.keys(missing[index] ?? {}).length === 0) {
            say(terminal, `${what} ${arn} has ${text} already\n`);
            continue;
          }
          if (!dryRun) await told(tags.add({ service, arn }, all));
          const said = dryRun ? 'would get' : 'has';
          say(terminal, `${what} ${arn} ${said} ${text}: functions of control plane ${controlPlane} may ${allows}\n`);
        }
      }),
    );
}

type Wanted = Extract<Tagging, { kind: 'tags' }>;

function checked(tagging: Tagging): Wanted {
  if (tagging.kind === 'tags') return tagging;
  throw new CommandError(`found ${tagging.found}; expected ${tagging.expected}`, 'badInput');
}

async function missingOf(
  resourceTags: ResourceTags,
  { arn, service, what, tags }: Wanted & { arn: string },
): Promise<Record<string, string>> {
  const there = await told(resourceTags.read({ service, arn }));
  const other = otherOwner(tags, there);
  if (other !== undefined) {
    throw new CommandError(
      `${what} ${arn} has the tag ${other.key} = ${other.value}, and this would be ${tags[other.key]}: whoever owns it there takes that tag off first`,
      'refused',
    );
  }
  return Object.fromEntries(Object.entries(tags).filter(([key]) => there[key] === undefined));
}

/** What AWS refused, or did not answer, is an answer to a person. */
const told = <T>(call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    if (!(error instanceof TagsUnreachableError)) throw error;
    throw new CommandError(error.message, error.kind, { cause: error });
  });

/** AWS's own command line takes either name of the region. */
const awsEnv = () => ({ ...process.env, AWS_REGION: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION });
