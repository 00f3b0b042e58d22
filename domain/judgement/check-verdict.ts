import type { Measurement, MetricVerdict } from './context.ts';
import type { Tally } from './counting.ts';
import { plural } from './words.ts';

/** More windows in a row than this without evidence: what was seen before is too old. As of a relative judge. */
const WITHOUT_EVIDENCE_LIMIT = 4;

/**
 * The verdict of a check that finds each window good, bad or neither: more bad ones than `failureLimit`: degraded. None
 * good yet, or too many in a row that say neither: inconclusive.
 */
export function checkVerdict(name: string, failureLimit: number, sums: Tally): MetricVerdict {
  const { measurements } = sums;
  if (sums.failed > failureLimit) {
    const failure = measurements.filter(({ phase }) => phase === 'failed').at(failureLimit);
    const because = `${failure?.because}: window ${failureLimit + 1}, ${failureLimit} allowed`;
    return { verdict: { kind: 'degraded', because, metric: name }, measurements, brokeLimit: false };
  }
  const last = measurements.at(-1);
  const without = measurements.length - 1 - measurements.findLastIndex(isEvidence);
  const tooLong = without > WITHOUT_EVIDENCE_LIMIT;
  if (sums.successful === 0 || tooLong) {
    const because =
      last === undefined
        ? 'no window was measured yet'
        : tooLong
          ? `${without} windows in a row said neither; the last: ${last.because}`
          : `no window was good yet; the last: ${last.because}`;
    return { verdict: { kind: 'inconclusive', because, fault: false }, measurements, brokeLimit: tooLong };
  }
  const bad = sums.failed === 0 ? '' : `, ${sums.failed} bad of the ${failureLimit} allowed`;
  const because = `${sums.successful} of ${plural(measurements.length, 'window')} good${bad}; the last: ${last?.because}`;
  return { verdict: { kind: 'watching', because }, measurements, brokeLimit: false };
}

const isEvidence = ({ phase }: Measurement): boolean => phase === 'successful' || phase === 'failed';
