import { existsSync, readFileSync } from 'node:fs';
import { JUDGE_PLANS } from '../domain/judges/plan-registry.ts';

const PATH = 'docs/judges.md';

/** How a judge does where stable gets no requests, in the table's words. */
const ALONE = { always: 'yes', ceiling: 'with a `ceiling`', never: 'no' } as const;

/** docs/judges.md with its two generated parts anew: a row for each kind, and what its folder's README says of it. */
export function judgesReference(): string {
  return withPart(withPart(readFileSync(PATH, 'utf8'), 'the row of each kind', table()), READMES, sections());
}

const READMES = 'domain/judges/*/README.md';

function withPart(text: string, name: string, part: string): string {
  const [begin, end] = [`<!-- generated: ${name} -->\n`, '\n<!-- end -->'];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end, from);
  if (from < begin.length || to < 0) throw new Error(`${PATH} has no part that is marked as generated: ${name}`);
  return `${text.slice(0, from)}${part}${text.slice(to)}`;
}

const table = (): string =>
  [
    '| judge | canary against | reads | at weight 100 | guaranteed rate of false roll backs |',
    '|---|---|---|---|---|',
    ...JUDGE_PLANS.map(
      ({ kind, alone, row }) => `| \`${kind}\` | ${row.against} | ${row.reads} | ${ALONE[alone]} | ${row.promise} |`,
    ),
  ].join('\n');

/** A README has a title of the first level; here it is one of the second. */
const sections = (): string =>
  JUDGE_PLANS.flatMap(({ kind }) => {
    const path = `domain/judges/${kind.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}/README.md`;
    return existsSync(path) ? [readFileSync(path, 'utf8').trim().replaceAll(/^#/gm, '##')] : [];
  }).join('\n\n');
