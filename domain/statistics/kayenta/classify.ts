import { type EffectMeasure, effectSizeOf } from './effect-size.ts';
import { type NanStrategy, withoutNaN, withoutOutliers } from './transforms.ts';
import { normalShift, type Shift } from './wilcoxon.ts';

/** How one metric is compared: the parameters of NetflixACAJudge, in the units of the plan. */
export interface Comparison {
  /** Which change is bad. */
  direction: 'increase' | 'decrease' | 'either';
  /** The interval must lie further from 0 than this part of the estimated shift. */
  tolerance: number;
  /** Of the interval, 0 to 1. */
  confidence: number;
  nanStrategy: NanStrategy;
  /** Absent: kept. Else the factor of the quartile distance. */
  outlierFactor?: number;
  effectSize: {
    measure: EffectMeasure;
    /** Only an effect of at least (at most) this counts. */
    allowedIncrease: number;
    allowedDecrease: number;
    /** From here on a critical metric fails everything. */
    criticalIncrease: number;
    criticalDecrease: number;
  };
  critical: boolean;
}

export interface Classification {
  kind: 'pass' | 'high' | 'low' | 'noData';
  /** A failure that the other metrics cannot make up for. */
  critical: boolean;
  /** What the test said; absent where there was nothing to test. */
  shift?: Shift;
  effectSize?: number;
  canaryValues: number;
  stableValues: number;
}

/**
 * MannWhitneyClassifier.classify of Kayenta: high where the whole interval of the shift is above tolerance x the estimate
 * and the effect is large enough, low likewise. Samples that are equal pass. Where Kayenta lets a metric without data
 * pass (nanStrategy replace) or fail (critical), here it has no data: that is neither.
 * @param canary one value a window; NaN where a window has none
 */
export function classify(canary: readonly number[], stable: readonly number[], by: Comparison): Classification {
  const x = transformed(canary, by);
  const y = transformed(stable, by);
  const sizes = { canaryValues: x.length, stableValues: y.length };
  const pass: Classification = { kind: 'pass', critical: false, ...sizes };
  if (x.length === 0 || y.length === 0) return { ...pass, kind: 'noData' };
  if (isSame(x, y)) return pass;
  const shift = normalShift(x, y, by.confidence);
  const effectSize = effectSizeOf(by.effectSize.measure, x, y);
  const said = { ...pass, shift, effectSize };
  const bound = by.tolerance * Math.abs(shift.estimate);
  // An effect that cannot be computed does not excuse anything.
  const atLeast = (limit: number): boolean => Number.isNaN(effectSize) || effectSize >= limit;
  const atMost = (limit: number): boolean => Number.isNaN(effectSize) || effectSize <= limit;
  const { allowedIncrease, allowedDecrease, criticalIncrease, criticalDecrease } = by.effectSize;
  if (by.direction !== 'decrease' && shift.low > bound && atLeast(allowedIncrease)) {
    return { ...said, kind: 'high', critical: by.critical && atLeast(criticalIncrease) };
  }
  if (by.direction !== 'increase' && shift.high < -bound && atMost(allowedDecrease)) {
    return { ...said, kind: 'low', critical: by.critical && atMost(criticalDecrease) };
  }
  return said;
}

function transformed(values: readonly number[], { nanStrategy, outlierFactor }: Comparison): number[] {
  const kept = withoutNaN(values, nanStrategy);
  return outlierFactor === undefined ? kept : withoutOutliers(kept, outlierFactor);
}

/** Equal when sorted, or all of both one value. */
function isSame(x: readonly number[], y: readonly number[]): boolean {
  const [a, b] = [x.toSorted((p, q) => p - q), y.toSorted((p, q) => p - q)];
  if (a.length === b.length && a.every((value, index) => value === b[index])) return true;
  return a[0] === a.at(-1) && b[0] === b.at(-1) && a[0] === b[0];
}
