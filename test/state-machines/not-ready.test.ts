import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { functionsWithCluster } from '../../infra/functions/catalogue.ts';
import { fileOf, placeholdersOf } from '../../infra/state-machines.ts';
import { openEmbedded } from '../conformance/interpreters.ts';
import { openScenario } from '../conformance/scenario-run.ts';
import { bake, weight } from '../support/ledger-lines.ts';

/*
 * Lambda takes the network interface of a function in a VPC away when nobody called it for weeks. The first call then fails, the
 * function is pending while an interface is made (90 s, says AWS), and calls fail until it is there.
 */

interface State {
  Type: string;
  Retry?: { ErrorEquals: string[]; IntervalSeconds?: number; BackoffRate?: number; MaxAttempts: number }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
}
const NOT_READY = [
  'Lambda.ResourceNotReadyException',
  'Lambda.ENINotReadyException',
  'Lambda.ResourceConflictException',
  'Lambda.EC2ThrottledException',
  'Lambda.EC2UnexpectedException',
  'Lambda.ENILimitReachedException',
  'Lambda.SubnetIPAddressLimitReachedException',
];
const OUTLAST_SECONDS = 90;

const statesOf = (machine: string): Record<string, State> =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../state-machines/${machine}.asl.json`), 'utf8')).States;
/** States whose functions may be in a VPC: those with the cluster, and Look, which may read a Prometheus there. */
const inVpc = (machine: string): [string, State][] =>
  Object.entries(statesOf(machine)).filter(([, state]) => {
    const file = state.Type === 'Task' ? fileOf(placeholdersOf(JSON.stringify(state))[0] ?? '') : '';
    return file === 'look' || functionsWithCluster().some(name => name === file);
  });

const retrierOf = ({ Retry = [] }: State, error: string) =>
  Retry.find(({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'));
const catcherOf = ({ Catch = [] }: State, error: string) =>
  Catch.find(({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'));

/** Seconds between the first try and the last. */
function retriedFor(state: State, error: string): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxAttempts = 3 } = retrierOf(state, error) ?? { MaxAttempts: 0 };
  return Array.from({ length: MaxAttempts }, (_, index) => IntervalSeconds * BackoffRate ** index).reduce(
    (a, b) => a + b,
    0,
  );
}

describe.each(NOT_READY)('%s', error => {
  it('is no fault of a release: each state of the road with such a function waits, and comes back', () => {
    const release = inVpc('release');
    expect(release.map(([name]) => name)).toEqual(expect.arrayContaining(['Admit', 'WriteCanary', 'ReadSlot', 'Look']));
    for (const [name, state] of release) {
      expect([name, catcherOf(state, error)?.Next]).toEqual([
        name,
        // the look goes on without a reading; sizes and drains have a loop of their own
        expect.stringMatching(name === 'ReadSlot' ? /^Look$/ : /^After(Throttling|SizeFault|DrainFault)$/),
      ]);
    }
  });

  it('is tried again for ever on the way back', () => {
    for (const [name, state] of inVpc('roll-back')) {
      expect([name, catcherOf(state, error)?.Next]).toEqual([name, expect.stringMatching(/^(After|Count)\w*Fault$/)]);
    }
  });

  it.each(['Admit', 'WriteCanary'])('%s outlasts 90 s of it before its second round of tries', name => {
    const states = statesOf('release');
    const pause = (states.AfterThrottling as unknown as { Parameters: { seconds: number } }).Parameters.seconds;
    expect(retriedFor(states[name] as State, error) + pause).toBeGreaterThanOrEqual(OUTLAST_SECONDS);
  });
});

const interpreter = await openEmbedded();
afterAll(() => interpreter.close());

it('a release whose functions wake up after weeks is promoted, and nothing goes back', async () => {
  // Prepare: more tries than one state makes, each of which would have been a fault
  const plan = { steps: [weight(10), bake(120), weight(100)], soakSeconds: 60 };
  const notReady = { admit: 7, 'write-canary': 7, 'size-canary': 7, 'read-slot': 4, 'retire-stable': 7 };
  const scenario = await openScenario(interpreter, 'not-ready', { plan, notReady });
  // Act
  await scenario.invoke('start', { workload: 'shop', image: 'v2', by: 'ann' });
  const { calls, ledger } = await scenario.result();
  // Assess
  for (const [name, times] of Object.entries(notReady)) {
    expect(calls.filter(call => call === `${name}: not ready`)).toHaveLength(times);
  }
  expect(ledger.at(-1)?.fact).toMatchObject({ kind: 'closed', outcome: 'promoted' });
  expect(ledger.some(({ fact }) => fact.kind === 'rollBackClaimed')).toBe(false);
}, 60_000);
