import { expect, it } from 'vitest';
import { billAtRest } from '../../../bench/cost/bill-at-rest.ts';
import { billTable, dollarsOf, dollarText, sumOf } from '../../../bench/cost/prices.ts';

const stat = { MetricStat: {} };
const alarm = (Properties: object) => ({ Type: 'AWS::CloudWatch::Alarm', Properties: { ...Properties } });
const lineOf = (resources: Parameters<typeof billAtRest>[0], what: string) => {
  const line = billAtRest(resources).find(each => each.what === what);
  if (line === undefined) throw new Error(`no line ${what}`);
  return line;
};

it('an alarm on an expression costs as much as the metrics in it, and one on a metric ten cents', () => {
  const resources = [alarm({ MetricName: 'Errors' }), alarm({ Metrics: [{ Expression: 'm0 + m1' }, stat, stat] })];
  expect(dollarsOf(lineOf(resources, 'alarms'))).toBeCloseTo(0.3, 10);
});

it('a key that rotates costs a dollar more after each of its first two rotations', () => {
  const key = (EnableKeyRotation: boolean) => ({ Type: 'AWS::KMS::Key', Properties: { EnableKeyRotation } });
  expect(dollarsOf(lineOf([key(false)], 'key'))).toBe(1);
  expect(dollarsOf(lineOf([key(true)], 'key'))).toBe(3);
});

it('a schedule is counted by the calls that it makes in 730 hours', () => {
  const every = (ScheduleExpression: string) => ({ Type: 'AWS::Events::Rule', Properties: { ScheduleExpression } });
  expect(lineOf([every('rate(1 minute)')], 'schedule').amount).toBe(43_800);
  expect(lineOf([every('rate(2 hours)')], 'schedule').amount).toBe(365);
  // a rule for events is no schedule
  expect(lineOf([{ Type: 'AWS::Events::Rule', Properties: { EventPattern: {} } }], 'schedule').amount).toBe(0);
  expect(() => billAtRest([every('cron(0 12 * * ? *)')])).toThrow('cron(0 12 * * ? *): expected rate(');
});

it('an account with nothing in it pays for the logs that are kept, and for nothing else', () => {
  expect(sumOf(billAtRest([]))).toBeCloseTo(0.03, 10);
});

it('a bill begins with the dearest line and ends with the sum, which is never $0.00 for what is not nothing', () => {
  const table = billTable([
    { what: 'notices', amount: 2, price: 'notice', how: 'Publish' },
    { what: 'transitions', amount: 1000, price: 'stateTransition', how: 'counted' },
  ]);
  expect(table[2]).toBe('| transitions | 1,000 | state transition | $0.025 | counted |');
  expect(table.at(-1)).toContain('$0.025');
  expect(dollarText(0.000001)).toBe('$0.0000010');
  expect(dollarText(0)).toBe('$0.00');
});
