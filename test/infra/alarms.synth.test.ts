import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../infra/bundling/bundle.ts';
import { type Resource, SYNTH_TIMEOUT_MS, type Synthesised, synthControlPlane } from './synthesised.ts';

const folder = join(PROJECT_ROOT, 'docs/runbooks');
let controlPlane: Synthesised;
beforeAll(() => {
  controlPlane = synthControlPlane();
}, SYNTH_TIMEOUT_MS);
const alarms = (): [name: string, alarm: Resource][] =>
  Object.values(controlPlane.ofType('AWS::CloudWatch::Alarm')).map(alarm => [
    String(alarm.Properties.AlarmName).replace(/^sluice-/, ''),
    alarm,
  ]);

it('every alarm leads to its own runbook', () => {
  expect(alarms().length).toBeGreaterThan(5);
  for (const [name, { Properties }] of alarms()) {
    expect(existsSync(join(folder, `${name}.md`)), name).toBe(true);
    expect(Properties.AlarmDescription).toContain(`docs/runbooks/${name}.md`);
  }
});

it('every runbook is about an alarm, and says what it means, where to look, what to do and when not to', () => {
  const files = readdirSync(folder).filter(file => file.endsWith('.md'));
  expect(files.sort()).toEqual(
    alarms()
      .map(([name]) => `${name}.md`)
      .sort(),
  );
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${file.slice(0, -3)}`);
    for (const heading of ['What it means', 'Where to look', 'What to do', 'When not to']) {
      expect(text, `${file}: ${heading}`).toContain(`## ${heading}\n`);
    }
  }
});

it('every alarm tells somebody, also when it is over', () => {
  for (const [name, { Properties }] of alarms()) {
    expect(Properties.AlarmActions, name).toHaveLength(1);
    expect(Properties.OKActions, name).toEqual(Properties.AlarmActions);
  }
});

it('an hour without a release is no alarm', () => {
  for (const [, { Properties }] of alarms()) expect(Properties.TreatMissingData).toBe('notBreaching');
});

it('topics are encrypted, and CloudWatch may use their key', () => {
  const topics = Object.values(controlPlane.ofType('AWS::SNS::Topic'));
  expect(topics).toHaveLength(2);
  for (const { Properties } of topics) expect(Properties.KmsMasterKeyId).toBeDefined();
  const [key] = Object.values(controlPlane.ofType('AWS::KMS::Key'));
  // nothing is stored under it, and each rotation would cost as much again: docs/costs.md
  expect(key?.Properties.EnableKeyRotation).toBe(false);
  expect(JSON.stringify(key?.Properties.KeyPolicy)).toContain('cloudwatch.amazonaws.com');
});
