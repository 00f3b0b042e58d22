import { serialiseMistakes } from '../adapters/plan-file/mistake.ts';
import { readPlanFile } from '../adapters/plan-file/read-plan.ts';
import { shareOf } from '../domain/file/checked-units.ts';
import { parseShare } from '../domain/file/units.ts';
import { PROFILE } from '../domain/judges/sequential/context.ts';
import { DEFAULTS, PLAN_DEFAULTS } from '../domain/judges/sequential/schema.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { planReplay } from '../domain/replay/plan-replay.ts';
import { REFERENCE_JUDGES, type ReferenceName, referenceReplay } from '../domain/replay/reference-replay.ts';
import type { ReplayJudge } from '../domain/replay/replay.ts';
import { sequentialReplay } from '../domain/replay/sequential.ts';
import { PROFILES, type ProfileName } from '../domain/statistics/sequential/profile.ts';
import { CommandError } from './command-error.ts';

const { ratio, atLeast, power, gross } = PLAN_DEFAULTS.detect;
const DETECT = { ratio, atLeast: shareOf(atLeast), power: shareOf(power), gross: shareOf(gross) };

export const JUDGES = ['sequential', ...(Object.keys(REFERENCE_JUDGES) as ReferenceName[])] as const;
export type JudgeName = (typeof JUDGES)[number];

/** What is given to a judge by its name; all of it is the sequential one's. */
export interface JudgeOptions {
  alpha?: string | undefined;
  margin?: string | undefined;
  windows?: string | undefined;
  guard?: 'on' | 'off' | undefined;
  profile?: ProfileName | undefined;
}

const OPTIONS_OF_JUDGES = ['alpha', 'margin', 'windows', 'guard', 'profile'] as const;

/** The judges of `--judge`, in the order in which they were named, each once. @throws CommandError */
export function judgesOf(names: readonly JudgeName[], options: JudgeOptions): ReplayJudge[] {
  const given = OPTIONS_OF_JUDGES.filter(option => options[option] !== undefined);
  if (given.length > 0 && !names.includes('sequential')) {
    const judge = names.length === 0 ? 'a plan has its own' : `it is not among ${names.join(', ')}`;
    throw wrong(`--${given[0]}`, options[given[0] ?? 'alpha'], `--judge sequential, which it is for: ${judge}`);
  }
  return [...new Set(names)].map(name => (name === 'sequential' ? sequential(options) : referenceReplay(name)));
}

const sequential = ({ alpha, margin, windows, guard, profile }: JudgeOptions): ReplayJudge =>
  sequentialReplay({
    profile: profile === undefined ? PROFILE : PROFILES[profile],
    alpha: alphaOf(alpha ?? PLAN_DEFAULTS.alpha),
    margin: margin === undefined ? DEFAULTS.margin : marginOf(margin),
    horizonWindows: windows === undefined ? undefined : wholeOf('--windows', windows),
    guard: (guard ?? DEFAULTS.guard) === 'on',
    detect: DETECT,
    nonInferiority: PLAN_DEFAULTS.promoteEarly.nonInferiority,
    beta: parseShare(PLAN_DEFAULTS.promoteEarly.beta) ?? 0.05,
  });

function alphaOf(text: string): number {
  const alpha = parseShare(/^\d*\.?\d+$/.test(text) ? Number(text) : text);
  if (alpha !== undefined && alpha > 0 && alpha < 1) return alpha;
  throw wrong('--alpha', text, 'a share above 0 and below 1, such as 1% or 0.01');
}

function marginOf(text: string): number {
  const margin = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (margin >= 1 && margin <= 100) return margin;
  throw wrong('--margin', text, 'a number from 1 to 100, such as 1.25');
}

function wholeOf(option: string, text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number >= 1) return number;
  throw wrong(option, text, 'a whole number, 1 or more');
}

export const wrong = (option: string, found: string | undefined, expected: string): CommandError =>
  new CommandError(`${option} is ${JSON.stringify(found)}; expected ${expected}`, 'badInput');

/** The plan of a file. @throws CommandError its mistakes */
export async function planOf(file: string): Promise<Plan> {
  const read = await readPlanFile(file, undefined, { loopback: true });
  if (read.kind === 'plan') return read.plan;
  throw new CommandError(serialiseMistakes(read.mistakes), 'badInput');
}

/**
 * A plan as one of the judges. @param recorded names of the metrics of which there are windows
 * @param note told what the plan and the recording do not have in common
 * @throws CommandError they have nothing in common
 */
export function planJudge(
  name: string,
  plan: Plan,
  recorded: readonly string[],
  note: (text: string) => void,
): ReplayJudge {
  const names = plan.metrics.map(metric => metric.name);
  const left = names.filter(metric => !recorded.includes(metric));
  if (left.length === names.length) {
    const has = names.length === 0 ? 'no metric' : names.join(', ');
    throw new CommandError(
      `the plan has ${has}, and the recording ${recorded.join(', ')}: there is nothing to judge`,
      'badInput',
    );
  }
  if (left.length > 0) note(`${left.join(', ')}: in the plan and not in the recording, so not judged\n`);
  const unknown = recorded.filter(metric => !names.includes(metric));
  if (unknown.length > 0)
    note(`${unknown.join(', ')}: in the recording and not in the plan, which does not judge it\n`);
  return planReplay(name, plan, left);
}
