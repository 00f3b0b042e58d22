import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../../adapters/log/lambda-log.ts';

const run = promisify(execFile);
const moduleOf = (file: string) => JSON.stringify(new URL(`../../../adapters/log/${file}`, import.meta.url).href);

/** What a process writes that runs these lines with `log` and `meter`, as a Lambda would: one JSON object a line. */
async function said(lines: string, env: Record<string, string> = {}): Promise<Record<string, unknown>[]> {
  const script = `
    const { openLog } = await import(${moduleOf('lambda-log.ts')});
    const { openMeter } = await import(${moduleOf('embedded-meter.ts')});
    const log = openLog(process.env), meter = openMeter(process.env);
    ${lines}`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>);
}

describe('the log of a Lambda', () => {
  it('carries the fields of `with` on every line, and those of the call, at each level', async () => {
    const lines = await said(`
      const inner = log.with({ workload: 'checkout', release: 'r-1' }).with({ seq: 0 });
      inner.info('weight is 25', { weight: 25 });
      inner.warn('slow');
      inner.error('no shift', { error: new RangeError('too much') });
      log.info('end');`);
    const common = { service: 'sluice', workload: 'checkout', release: 'r-1', seq: 0 };
    expect(lines).toHaveLength(4);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...common, level: 'info', message: 'weight is 25', weight: 25 }),
        expect.objectContaining({ ...common, level: 'warn', message: 'slow' }),
        expect.objectContaining({
          ...common,
          level: 'error',
          message: 'no shift',
          error: expect.objectContaining({ name: 'RangeError', message: 'too much' }),
        }),
        expect.not.objectContaining({ workload: 'checkout' }),
      ]),
    );
  });

  it('shows no task token, token or authorization, however deep', async () => {
    const lines = await said(`
      log.with({ taskToken: 's3cret' }).info('opened', { input: { headers: { Authorization: 's3cret' } }, token: 's3cret' });`);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('s3cret');
    expect(lines[0]).toMatchObject({ taskToken: '[redacted]', token: '[redacted]' });
  });

  it('leaves out what is below its level, and refuses a level that it does not know', async () => {
    const lines = await said(`log.info('a'); log.warn('b');`, { SLUICE_LOG_LEVEL: 'WARN' });
    expect(lines.map(({ message }) => message)).toEqual(['b']);
    expect(() => openLog({ SLUICE_LOG_LEVEL: 'LOUD' })).toThrow(/LOUD.*DEBUG,INFO,WARN,ERROR/);
  });
});

describe('the meter of a Lambda', () => {
  it('writes each metric at once, in the format that CloudWatch reads', async () => {
    const lines = await said(`meter.count('Shifts'); meter.milliseconds('ShiftTime', 12.5); meter.count('Lost', 0);`, {
      AWS_LAMBDA_FUNCTION_NAME: 'shift-traffic',
    });
    const metric = (name: string, unit: string, value: number) => ({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          { Namespace: 'Sluice', Dimensions: [['service', 'function']], Metrics: [{ Name: name, Unit: unit }] },
        ],
      },
      service: 'sluice',
      function: 'shift-traffic',
      [name]: value,
    });
    expect(lines).toEqual([
      metric('Shifts', 'Count', 1),
      metric('ShiftTime', 'Milliseconds', 12.5),
      metric('Lost', 'Count', 0),
    ]);
  });
});
