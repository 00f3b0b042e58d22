import { oneOf } from '../domain/file/issue.ts';
import type { Shape } from '../domain/file/shape.ts';
import { JUDGE_PLANS } from '../domain/judges/plan-registry.ts';
import { planJsonSchema } from '../domain/plan/check-plan.ts';
import { workloadJsonSchema } from '../domain/workload-file.ts';

/** The schemas that editors read, by path of the file. */
export const schemas = (): Record<string, Shape> => ({
  'docs/schema/plan.schema.json': planJsonSchema(),
  'docs/schema/workload.schema.json': workloadJsonSchema(),
});

/** docs/plan-reference.md: every key of both files, from the descriptions in the schemas. */
export function planReference(): string {
  return [
    '# Reference of the plan and the workload',
    '',
    'Generated from the code by `npm run generate`; a test fails when it is out of date. Examples to copy are in [examples/](../examples), the JSON Schemas for editors in [schema/](schema).',
    '',
    'Keys that are not listed are refused. Types:',
    '',
    '- **duration**: whole hours, minutes and seconds, `90s`, `5m`, `2h`, `1h30m`',
    '- **latency**: `300ms`, `1s`, `1.5s`',
    '- **share**: per cent as text, `5%`, or a number from 0 to below 1, `0.05`',
    '',
    ...section('Plan', '', planJsonSchema()),
    '### Rules between the keys',
    '',
    ...PLAN_RULES.map(rule => `- ${rule}`),
    '',
    '### In the design, not available yet',
    '',
    'Refused with line and column: the strategies `rolling` and `recreate`.',
    '',
    ...section('Workload', '', workloadJsonSchema()),
    '### In the design, not available yet',
    '',
    'Refused with line and column: the routers `httpRoute`, `ingress`, `virtualService`, `replicas`, `selector`, `featureFlag`.',
    '',
  ].join('\n');
}

const kindsAlone = (how: 'always' | 'ceiling'): string[] =>
  JUDGE_PLANS.filter(({ alone }) => alone === how).map(({ kind }) => `\`${kind}\``);

const withArticle = (kind: string): string => `${/^`[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;

const PLAN_RULES = [
  'Weights rise with every `setWeight`, and the last one is 100. A first weight of 0 is allowed.',
  'A plan has at most 16 kB, and a workload 10 kB, as JSON with its defaults filled in; one text in them has at most 4,000 characters, a condition 1,000, a JSONPath 500.',
  'A `blueGreen` plan has one `setWeight`, 100.',
  `A soak, and \`blueGreen\`, need a metric that can judge when all requests go to the canary: ${kindsAlone('always').map(withArticle).join(', ')}, or a ${oneOf(kindsAlone('ceiling'))} one with a \`ceiling\`; or \`control\`, which stands with a soak and beside no \`ceiling\`.`,
  '`analysis` comes after a weight above 0, names metrics of the plan, and asks for no more measurements than a metric has (`count`). Measurements count from the first weight above 0.',
  'A `cloudwatch` source has exactly one of `bad`, `value`, `metric` and `alarm`; a `prometheus` one exactly one of `requests` with `bad`, `histogram` with `slowerThan`, `value` and `query`; a `relative` judge exactly one of `max` and `min`; a `threshold` at least one condition.',
  'A percentile has no `ceiling` and no `min`: of a response time more is worse.',
  'A `threshold` reads anything but an alarm, `flagger` too but for lists and maps, `relative` and `mannWhitney` counts and values of both versions, `sequential` counts, `alarm` an alarm, `anomalyBand` a `metric`. What compares versions has `${slot}` or `${revision}` in it.',
  "A `prometheus` source needs the workload's `sources.prometheus` (checked with `--workload`).",
  'Of `flagger` the `thresholdRange` has `min`, `max` or both. A `threshold` with `failureLimit: -1` has a `consecutiveSuccessLimit`.',
  '`kayenta` is there only with a metric of the judge `mannWhitney`; `marginal` is not above `pass`; weights are of groups that a metric has, and sum to 100 where all groups have one, else to at most 100.',
  '`window` is a multiple of 60s with CloudWatch; `interval` is a multiple of `window`.',
  '`deadline` is longer than all bakes and the soak together.',
  'Names of metrics are unique, and so are names of hooks and names of approvals.',
  'A `preview` needs a `previewRule` in the workload (checked with `--workload`).',
  ...JUDGE_PLANS.flatMap(({ rules = [] }) => rules),
];

interface Row {
  key: string;
  shape: Shape;
  required: boolean;
}

/** One heading per map, each with a table of its keys; the maps inside it follow. */
function section(title: string, prefix: string, shape: Shape): string[] {
  const heading = prefix === '' ? `## ${title}` : `### \`${prefix}\`${title === '' ? '' : `: ${title}`}`;
  const rows = Object.entries(shape.properties ?? {}).map(
    ([key, value]): Row => ({ key, shape: value, required: shape.required?.includes(key) ?? false }),
  );
  const lines = [heading, ''];
  if (shape.description !== undefined && prefix === '') lines.push(shape.description, '');
  lines.push('| key | type | default | meaning | example |', '|---|---|---|---|---|', ...rows.map(rowText), '');
  for (const { key, shape: value } of rows) lines.push(...inner(prefix === '' ? key : `${prefix}.${key}`, value));
  return lines;
}

function inner(path: string, shape: Shape): string[] {
  if (shape.items !== undefined) return inner(`${path}[]`, shape.items);
  const branches = shape.anyOf ?? shape.oneOf;
  if (branches === undefined) return shape.properties === undefined ? [] : section('', path, shape);
  return branches
    .filter(branch => branch.properties !== undefined)
    .flatMap(branch => {
      const kind = branch.properties?.kind?.const;
      return section(kind === undefined ? '' : `kind ${kind}`, path, branch);
    });
}

const rowText = ({ key, shape, required }: Row): string =>
  `| \`${key}\` | ${typeText(shape)} | ${required ? 'required' : defaultText(shape)} | ${cell(shape.description ?? '')} | ${exampleText(shape)} |`;

function typeText(shape: Shape): string {
  if (shape.title !== undefined && shape.type !== 'number') return shape.title;
  if (shape.const !== undefined) return `\`${shape.const}\``;
  if (shape.enum !== undefined) return shape.enum.map(value => `\`${value}\``).join(', ');
  if (shape.items !== undefined) return `list of ${typeText(shape.items)}`;
  const branches = shape.anyOf ?? shape.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(typeText))].join(' or ');
  return (
    { object: 'map', string: 'text', integer: 'whole number', boolean: 'true or false' }[shape.type ?? ''] ??
    shape.type ??
    ''
  );
}

const defaultText = (shape: Shape): string => (shape.default === undefined ? 'none' : code(shape.default));

const exampleText = (shape: Shape): string => (shape.examples?.[0] === undefined ? '' : code(shape.examples[0]));

/** A value as YAML would have it on one line. */
function code(value: unknown): string {
  return `\`${cell(flow(value))}\``;
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, inside]) => `${key}: ${flow(inside)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
