import { describe, expect, it } from 'vitest';
import { linesLog, linesMeter } from '../../../adapters/log/lines-log.ts';

const clock = { now: () => Date.UTC(2026, 10, 21, 12) };
const at = '2026-11-21T12:00:00.000Z';

function openLines() {
  const lines: string[] = [];
  const sink = (line: string) => void lines.push(line);
  return {
    log: linesLog(sink, clock),
    meter: linesMeter(sink, clock),
    said: () => lines.map(line => JSON.parse(line)),
  };
}

describe('the log of lines', () => {
  it('writes one line for each call, with its instant, level, message and fields', () => {
    const { log, said } = openLines();
    log.info('weight is 25', { weight: 25, seq: 0 });
    log.warn('slow');
    log.error('two\nlines');
    expect(said()).toEqual([
      { at, level: 'info', message: 'weight is 25', weight: 25, seq: 0 },
      { at, level: 'warn', message: 'slow' },
      { at, level: 'error', message: 'two\nlines' },
    ]);
  });

  it('has the fields of `with` on every line after, and not on those of the log it came from', () => {
    const { log, said } = openLines();
    const inner = log.with({ workload: 'checkout' }).with({ release: 'r-1', seq: 1 });
    inner.info('a', { seq: 2 });
    log.info('b');
    expect(said()).toEqual([
      { at, level: 'info', message: 'a', workload: 'checkout', release: 'r-1', seq: 2 },
      { at, level: 'info', message: 'b' },
    ]);
  });

  it('shows no task token, token or authorization, however deep and however written', () => {
    const { log, said } = openLines();
    log
      .with({ taskToken: 's3cret' })
      .info('opened', { input: [{ TaskToken: 's3cret', headers: { Authorization: 's3cret' } }], token: ['s3cret'] });
    expect(said()).toEqual([
      {
        at,
        level: 'info',
        message: 'opened',
        taskToken: '[redacted]',
        input: [{ TaskToken: '[redacted]', headers: { Authorization: '[redacted]' } }],
        token: '[redacted]',
      },
    ]);
  });

  it('writes an error with its name and its cause', () => {
    const { log, said } = openLines();
    log.error('no shift', { error: new RangeError('too much', { cause: new TypeError('no number') }) });
    expect(said()[0].error).toEqual({
      name: 'RangeError',
      message: 'too much',
      cause: { name: 'TypeError', message: 'no number' },
    });
  });

  it('writes what JSON cannot hold rather than throw', () => {
    const { log, said } = openLines();
    const circle: Record<string, unknown> = { name: 'circle' };
    circle.self = circle;
    const fault = new Error('itself');
    fault.cause = fault;
    const twice = { a: 1 };
    log.info('odd', { circle, fault, big: 12n, pair: [twice, twice] });
    expect(said()[0]).toMatchObject({
      circle: { name: 'circle', self: '[circular]' },
      fault: { message: 'itself', cause: '[circular]' },
      big: '12',
      pair: [{ a: 1 }, { a: 1 }],
    });
  });

  it('writes counts, 1 where none is given, and durations', () => {
    const { meter, said } = openLines();
    meter.count('Shifts');
    meter.count('Shifts', 0);
    meter.milliseconds('ShiftTime', 12.5);
    expect(said()).toEqual([
      { at, level: 'metric', name: 'Shifts', unit: 'Count', value: 1 },
      { at, level: 'metric', name: 'Shifts', unit: 'Count', value: 0 },
      { at, level: 'metric', name: 'ShiftTime', unit: 'Milliseconds', value: 12.5 },
    ]);
  });
});
