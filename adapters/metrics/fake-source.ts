import { otherSlot, type Slot } from '../../domain/dial.ts';
import type { Reading } from '../../domain/windows/reading.ts';
import { readingOfTraffic, type Traffic } from './cloudwatch/fake-traffic.ts';
import { type MetricSource, MetricSourceUnreachableError, type ReadRequest } from './metric-source.ts';

export interface FakeSource extends MetricSource {
  /** What was published for a slot in the window that starts then; in place of what was there. */
  publish(slot: Slot, startEpochMs: number, traffic: Traffic): void;
  /** What a metric says for a window, whatever was published. */
  say(metric: string, startEpochMs: number, reading: Reading): void;
  /** From now on every read fails for this cause; undefined: no longer. */
  breakWith(causeName: string | undefined): void;
  readonly requests: readonly ReadRequest[];
}

/** A metric source in memory: what was published is there at once. */
export function fakeSource(): FakeSource {
  const published = new Map<string, Traffic>();
  const said = new Map<string, Reading>();
  const requests: ReadRequest[] = [];
  let broken: string | undefined;
  return {
    requests,
    publish: (slot, startEpochMs, traffic) => void published.set(`${slot} ${startEpochMs}`, traffic),
    say: (metric, startEpochMs, reading) => void said.set(`${metric} ${startEpochMs}`, reading),
    breakWith: causeName => {
      broken = causeName;
    },
    async read(request) {
      requests.push(request);
      if (broken !== undefined) throw new MetricSourceUnreachableError(`the source did not answer: ${broken}`);
      return request.metrics.flatMap(({ name, source: { measure } }) =>
        request.windows.map(({ startEpochMs, endEpochMs }) => {
          const of = (slot: Slot) => published.get(`${slot} ${startEpochMs}`);
          const reading =
            said.get(`${name} ${startEpochMs}`) ??
            readingOfTraffic(measure, of(request.canary), of(otherSlot(request.canary)));
          return { metric: name, startEpochMs, endEpochMs, reading };
        }),
      );
    },
  };
}
