import { describe, expect, it } from 'vitest';
import { countsText, plural, secondsText, valueText } from '../../../domain/judges/words.ts';
import { percentText } from '../../../domain/number-text.ts';
import type { Measure } from '../../../domain/sources/measure.ts';
import { counts } from './records.ts';

describe('words of a verdict', () => {
  it.each([
    [0.025, '2.5 %'],
    [0.00012345, '0.0123 %'],
    [0, '0 %'],
    [1, '100 %'],
  ])('a share of %d is %s', (share, text) => expect(percentText(share)).toBe(text));

  it.each([
    [0.3, '300 ms'],
    [0.9999, '1000 ms'],
    [1, '1 s'],
    [1.25, '1.25 s'],
  ])('%d seconds are %s', (seconds, text) => expect(secondsText(seconds)).toBe(text));

  it('say one and many', () => {
    expect([plural(0, 'window'), plural(1, 'window'), plural(2, 'reply', 'replies')]).toEqual([
      ...['0 windows', '1 window', '2 replies'],
    ]);
  });

  const slow: Measure = { kind: 'slowerThan', thresholdsSeconds: [0.3, 1] };
  it.each<[Measure, string]>([
    [{ kind: 'failedRequests' }, '12 of 480 canary requests failed (2.5 %)'],
    [{ kind: 'target5xxAndConnectionErrors' }, '12 of 480 canary requests got a 5xx or no connection (2.5 %)'],
    [{ kind: 'target4xx' }, '12 of 480 canary requests got a 4xx (2.5 %)'],
    [{ kind: 'target3xx' }, '12 of 480 canary requests got a 3xx (2.5 %)'],
    [slow, '12 of 480 canary requests took longer than 300 ms (2.5 %)'],
    [{ ...slow, kind: 'histogram', buckets: 'b' }, '12 of 480 canary requests took longer than 300 ms (2.5 %)'],
    [{ kind: 'counters', requests: 'r', bad: 'b' }, '12 of 480 canary requests were bad (2.5 %)'],
  ])('%j is told by what the requests did', (measure, text) => {
    expect(countsText(measure, counts(480, 12), 'canary')).toBe(text);
  });

  it('tell every threshold, and what a person must know of the counts', () => {
    expect(countsText(slow, { ...counts(480, 12, 3), note: 'by the bound at 250 ms' }, 'stable')).toBe(
      '12 of 480 stable requests took longer than 300 ms (2.5 %) and 3 took longer than 1 s (0.625 %); by the bound at 250 ms',
    );
  });

  it('give no share of nothing', () => {
    expect(countsText({ kind: 'failedRequests' }, counts(0, 0), 'canary')).toBe('0 of 0 canary requests failed');
    expect(countsText({ kind: 'failedRequests' }, counts(0), 'canary')).toBe('no request was counted');
  });

  it('tell a value in its unit', () => {
    const p99: Measure = { kind: 'percentile', percentile: 99 };
    expect(valueText(p99, 0.412, 'canary')).toBe("the canary's p99 was 412 ms");
    expect(valueText({ kind: 'queryValue', query: 'q' }, 1.23456, 'stable')).toBe(
      "the stable version's value was 1.235",
    );
  });
});
