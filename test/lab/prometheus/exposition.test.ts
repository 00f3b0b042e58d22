import { describe, expect, it } from 'vitest';
import { exposedInLab } from '../../../lab/prometheus/exposition.ts';

/** The lab's clock is 10 times as fast, and both showed 0 at 0. */
const exposed = (page: string, labels: Record<string, string> = { slot: 'green' }) =>
  exposedInLab(page, { labels, atLabEpochMs: 7_000, labEpochMs: wallEpochMs => wallEpochMs * 10 });

describe('what a program exposes, as the lab has it', () => {
  it.each([
    ['a sample without labels', 'hits 12', 'hits{slot="green"} 12 7000\n'],
    ['one with labels', 'hits{code="200",path="/a b"} 1.5e3', 'hits{code="200",path="/a b",slot="green"} 1.5e3 7000\n'],
    ['a comma after the last label', 'hits{code="200",} 1', 'hits{code="200",slot="green"} 1 7000\n'],
    ['no labels in braces', 'hits{} 1', 'hits{slot="green"} 1 7000\n'],
    ['a brace in a label', 'hits{path="/{id}"} 1', 'hits{path="/{id}",slot="green"} 1 7000\n'],
    ['a bound', 'took_bucket{le="+Inf"} 3', 'took_bucket{le="+Inf",slot="green"} 3 7000\n'],
    ["a time of the program's own, which is of the wall", 'hits 12 1700000000000', 'hits{slot="green"} 12 7000\n'],
    ['what is not a number', 'share NaN', 'share{slot="green"} NaN 7000\n'],
    [
      'when it started, on the clock of the lab',
      'process_start_time_seconds 0.25',
      'process_start_time_seconds{slot="green"} 2.5 7000\n',
    ],
    ['comments and blanks', '# TYPE hits counter\n\n#hits 1\n', ''],
    ['what is no page of metrics', '<html>hello</html>', ''],
    [
      'the end of a line of Windows',
      'hits 1\r\nmisses 2\r\n',
      'hits{slot="green"} 1 7000\nmisses{slot="green"} 2 7000\n',
    ],
  ])('has %s', (_, page, told) => {
    expect(exposed(page)).toBe(told);
  });

  it('quotes the labels that it adds', () => {
    expect(exposed('hits 1', { pod: 'a"b\\c' })).toBe('hits{pod="a\\"b\\\\c"} 1 7000\n');
  });
});
