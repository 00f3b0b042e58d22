import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reading, WindowRecord } from '../../../domain/windows/reading.ts';
import { nextRecord, sameReading } from '../../../domain/windows/windows.ts';
import { MINUTE, NOON } from '../judges/records.ts';

const version = fc.option(
  fc.record({ requests: fc.constantFrom<number[]>(0, 7, 8), bad: fc.constant<number[]>([1]) }),
  { nil: null },
);
const reading: fc.Arbitrary<Reading> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('counts' as const), canary: version, stable: version }) },
  { weight: 1, arbitrary: fc.constant<Reading>({ kind: 'noData', reason: 'none' }) },
);
const expects = fc.record({ canary: fc.boolean(), stable: fc.boolean() });
/** Reads of windows 0 to 2, so many seconds apart. */
const reads = fc.array(
  fc.record({ n: fc.nat(2), reading, expects, straddles: fc.boolean(), waitSeconds: fc.constantFrom(0, 5, 10, 40) }),
  { maxLength: 30 },
);
type Read = Parameters<typeof nextRecord>[1] & { n: number; context: Parameters<typeof nextRecord>[2] };

const timed = (list: typeof reads extends fc.Arbitrary<infer T> ? T : never): Read[] => {
  let nowEpochMs = NOON + MINUTE;
  return list.map(({ n, waitSeconds, reading: answer, ...context }) => {
    nowEpochMs += waitSeconds * 1000;
    const startEpochMs = NOON + n * MINUTE;
    return {
      n,
      metric: 'errors',
      startEpochMs,
      endEpochMs: startEpochMs + MINUTE,
      reading: answer,
      context: { ...context, nowEpochMs },
    };
  });
};
const step = (previous: WindowRecord | undefined, read: Read) => nextRecord(previous, read, read.context);

it('a frozen window never changes but for what was said later', () => {
  fc.assert(
    fc.property(reads, list => {
      let record: WindowRecord | undefined;
      for (const read of timed(list).filter(({ n }) => n === 0)) {
        const next = step(record, read);
        if (record?.frozenAtEpochMs !== undefined) {
          const { laterReading: _, ...judged } = next;
          const { laterReading: __, ...before } = record;
          expect(judged).toEqual(before);
        }
        record = next;
      }
    }),
  );
});

it('the same read twice is the same as once', () => {
  fc.assert(
    fc.property(reads, list => {
      let record: WindowRecord | undefined;
      for (const read of timed(list).filter(({ n }) => n === 0)) {
        record = step(record, read);
        expect(step(record, read)).toEqual(record);
      }
    }),
  );
});

it('a window does not depend on the reads of others, nor on their order', () => {
  fc.assert(
    fc.property(reads, list => {
      const all = timed(list);
      const kept = new Map<number, WindowRecord>();
      for (const read of all) kept.set(read.n, step(kept.get(read.n), read));
      const alone = all.filter(({ n }) => n === 1).reduce<WindowRecord | undefined>(step, undefined);
      expect(kept.get(1)).toEqual(alone);
    }),
  );
});

it('a window freezes only on two reads 10 s apart that agree, or 180 s after its end', () => {
  fc.assert(
    fc.property(reads, list => {
      let record: WindowRecord | undefined;
      const past: Read[] = [];
      for (const read of timed(list).filter(({ n }) => n === 0)) {
        const before = record;
        record = step(record, read);
        const now = read.context.nowEpochMs;
        if (
          before?.frozenAtEpochMs === undefined &&
          record.frozenAtEpochMs !== undefined &&
          now < read.endEpochMs + 180_000
        ) {
          const agreed = past.filter(
            other => sameReading(other.reading, read.reading) && now - other.context.nowEpochMs >= 10_000,
          );
          expect(agreed.length).toBeGreaterThan(0);
          expect(record.reading.kind).toBe('counts');
        }
        if (now >= read.endEpochMs + 180_000) expect(record.frozenAtEpochMs).toBeDefined();
        past.push(read);
      }
    }),
  );
});
