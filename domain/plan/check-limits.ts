import { parseCondition } from '../conditions/condition.ts';
import { limitsOf } from '../conditions/limits.ts';
import { describeValue, type Issue, type Path } from '../file/issue.ts';
import { secondsOf } from '../file/read-checked.ts';
import { durationText, parseLatencySeconds } from '../file/units.ts';
import { IDLE_TIMEOUT, SHORTEST_SECONDS } from '../sources/response-time.ts';
import { isMistaken, metricsOf } from './mistaken.ts';
import type { PlanDraft } from './plan-schema.ts';

type MetricDraft = NonNullable<NonNullable<PlanDraft['metrics']>[number]>;

/** What a response time can be, in the unit that its limit is written in. */
interface Range {
  unit: 'seconds' | 'milliseconds';
  least: number;
  most: number;
  /** The time-out, as the plan would write it. */
  timeout: string;
}

/** A limit of a response time that no response can reach is one in another unit: it would never, or always, be broken. */
export function checkLimits(draft: PlanDraft, input: object): Issue[] {
  if (isMistaken(draft.idleTimeout, input, ['idleTimeout'])) return [];
  const timeout = secondsOf(draft.idleTimeout ?? IDLE_TIMEOUT);
  return metricsOf(draft).flatMap(({ metric, path }) => [
    ...checkConditions(metric, path, timeout),
    ...checkRangeEnds(metric, path, timeout),
    ...checkSlowerThan(metric, path, timeout),
  ]);
}

const rangeIn = (unit: Range['unit'], timeoutSeconds: number): Range => {
  const many = unit === 'seconds' ? 1 : 1000;
  const timeout = durationText(timeoutSeconds).replaceAll(' ', '');
  return { unit, least: SHORTEST_SECONDS * many, most: timeoutSeconds * many, timeout };
};

function checkConditions({ judge, source }: MetricDraft, path: Path, timeout: number): Issue[] {
  const unit = unitOf(source);
  if (judge?.kind !== 'threshold' || unit === undefined) return [];
  const range = rangeIn(unit, timeout);
  return (['successCondition', 'failureCondition'] as const).flatMap((key): Issue[] => {
    const text = judge[key];
    const parsed = text === undefined ? undefined : parseCondition(text, 'any');
    if (text === undefined || parsed?.kind !== 'ok') return [];
    return limitsOf(parsed.expression).flatMap(({ value, at }): Issue[] => {
      const written = /^-?\s*[\w.]+/.exec(text.slice(at - 1))?.[0] ?? '';
      const place = { path: [...path, 'judge', key], at: 'value' as const, column: at, length: written.length };
      return outside(value, range).map(said => ({ ...place, ...said }));
    });
  });
}

/** Flagger's range of a percentile is in milliseconds. */
function checkRangeEnds({ judge, source }: MetricDraft, path: Path, timeout: number): Issue[] {
  const unit = source?.kind === 'cloudwatch' && source.value !== undefined ? 'milliseconds' : unitOf(source);
  if (judge?.kind !== 'flagger' || unit === undefined) return [];
  return (['min', 'max'] as const).flatMap((key): Issue[] => {
    const end = judge.thresholdRange?.[key];
    // no answer is faster than 0: a range that says so asks nothing more
    if (end === undefined || (key === 'min' && end === 0)) return [];
    const place = { path: [...path, 'judge', 'thresholdRange', key], at: 'value' as const };
    return outside(end, rangeIn(unit, timeout)).map(said => ({ ...place, ...said }));
  });
}

function checkSlowerThan({ source }: MetricDraft, path: Path, timeout: number): Issue[] {
  if (source?.kind !== 'cloudwatch' || typeof source.bad !== 'object') return [];
  const { most, timeout: text } = rangeIn('seconds', timeout);
  return (source.bad.slowerThan ?? []).flatMap((time, index): Issue[] => {
    if (time === undefined || (parseLatencySeconds(time) ?? 0) <= most) return [];
    const expected = `at most ${text}, ${TIMEOUT}`;
    const at = [...path, 'source', 'bad', 'slowerThan', index];
    return [{ path: at, at: 'value', found: describeValue(time), expected }];
  });
}

const TIMEOUT = "the load balancer's idle time-out (idleTimeout)";

function outside(value: number, { unit, least, most, timeout }: Range): Pick<Issue, 'found' | 'expected' | 'guess'>[] {
  if (value >= least && value <= most) return [];
  const found = `${value}, and this time is in ${unit}`;
  const limits = `${Number(least.toPrecision(6))} (a microsecond) to ${most}`;
  const expected = `a number of ${unit} from ${limits}: ${timeout} is ${TIMEOUT}`;
  // written in milliseconds, or in microseconds
  const meant = [1e3, 1e6].map(many => Number((value / many).toPrecision(12))).find(one => one >= least && one <= most);
  return [{ found, expected, ...(value > most && meant !== undefined && { guess: String(meant) }) }];
}

/** The unit of a source that measures response times; undefined where it measures something else, or it is not known. */
function unitOf(source: MetricDraft['source']): Range['unit'] | undefined {
  if (source?.kind === 'cloudwatch') {
    const { namespace, name, stat = '' } = source.metric ?? {};
    const isTime = namespace === 'AWS/ApplicationELB' && name === 'TargetResponseTime';
    return source.value !== undefined || (isTime && !/^(?:SampleCount|Sum|PR|TC)/i.test(stat)) ? 'seconds' : undefined;
  }
  if (source?.kind !== 'prometheus') return undefined;
  const query = source.query ?? source.value ?? '';
  const [, unit] =
    /^[\s(]*histogram_quantile\b.*?\b\w*(?:http|rpc|request|response|latency)\w*_(seconds|milliseconds|ms)_bucket\b/is.exec(
      query,
    ) ?? [];
  // what is computed from it has a unit of its own
  if (unit === undefined || /[*/+]|(?<![\w-])-/.test(query.replaceAll(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  return unit === 'seconds' ? 'seconds' : 'milliseconds';
}
