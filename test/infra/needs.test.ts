import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, type Need, needsOf } from '../../infra/functions/catalogue.ts';
import { callsInCode } from '../support/calls-in-code.ts';

/*
 * Least privilege, read from the code: what a handler calls, its role may do, and a role may do nothing that its handler
 * does not call.
 */

/** What a call of a port needs. `executions.start` depends on whose it is. */
const NEEDS: Record<string, Need[]> = {
  'alarms.read': ['readAlarms'],
  'cluster.pointService': ['writeCluster'],
  'cluster.readSelectors': ['readCluster'],
  'cluster.readService': ['readCluster'],
  'cluster.readSlot': ['readCluster'],
  'cluster.readTemplate': ['readCluster'],
  'cluster.restoreAutoscalerMinimum': ['writeCluster'],
  'cluster.scaleSlot': ['writeCluster'],
  'cluster.setAutoscalerMinimum': ['writeCluster'],
  'cluster.writeSlot': ['writeCluster'],
  'executions.answer': ['answerTaskToken'],
  'executions.describe': [], // comes with the right to start
  'executions.stop': ['stopRelease'],
  'hooks.call': [],
  'hooks.poll': [],
  'images.listTagged': ['readImages'],
  'images.readParts': ['readImages'],
  'images.resolve': ['readImages'],
  'ledger.append': ['appendLedger'],
  'ledger.entries': ['readLedger'],
  'ledger.entriesPage': ['readLedger'],
  'ledger.listOpen': ['appendLedger'],
  'ledger.markOpen': ['appendLedger'],
  'ledger.putToken': ['keepToken'],
  'ledger.putHookAddress': ['keepToken'],
  'ledger.readHookAddress': ['readToken'],
  'ledger.readRawLines': ['readLedger'],
  'ledger.readSnapshots': ['readLedger'],
  'ledger.putWindow': ['appendLedger'],
  'ledger.windowsFrom': ['readLedger'],
  'ledger.readCheckpoint': ['readLedger'],
  'ledger.putCheckpoint': ['appendLedger'],
  'ledger.endWindows': ['appendLedger'],
  'ledger.read': ['readLedger'],
  'ledger.readToken': ['readToken'],
  'ledger.unmarkOpen': ['sweepOpen'],
  'ledger.windows': ['readLedger'],
  'ledger.windowsPage': ['readLedger'],
  'metrics.read': ['readMetrics'],
  'notifier.notify': ['tell'],
  'router.goBack': ['turnDial', 'readDial'],
  'router.joinGroups': ['turnDial', 'readDial'],
  'router.planWayBack': ['readDial'],
  'router.readDial': ['readDial'],
  'router.readPages': ['readDial'],
  'router.readOthers': ['readTags', 'readGroups'],
  'router.readProblem': ['readTags', 'readGroups', 'readDial'],
  'router.setDial': ['turnDial', 'readDial'],
  'router.setPreview': ['turnDial', 'readDial'],
  'sleepers.wake': ['keepAwake'],
  'targets.cutConnections': ['cutConnections', 'readTargets'],
  'targets.read': ['readTargets'],
  'targets.readDraining': ['readTargets', 'readDial'],
  'workloads.list': ['readWorkloads'],
  'workloads.read': ['readWorkloads'],
  'workloads.readAll': ['readWorkloads'],
};
/** A function in the cluster turns and reads no dial but those that are there. */
const inCluster = (name: string, call: string): Need[] | undefined => {
  if (!name.endsWith('-in-cluster')) return undefined;
  if (/^router[.](goBack|setDial)$/.test(call)) return ['writeCluster'];
  return /^(router|targets)[.]/.test(call) ? ['readCluster'] : undefined;
};
/** Only who is given an image by a person may be given one of a registry that wants credentials: pushes are of ECR. */
const readsAnyRegistry = (name: string, call: string): Need[] | undefined =>
  call === 'images.resolve' && /^start(-with-plan)?$/.test(name) ? ['readImages', 'readSecrets'] : undefined;
/** Which machine the shared files start. */
const STARTS: Record<string, Need> = {
  'application/start-run.ts': 'startRelease',
  'application/roll-back/claim-roll-back.ts': 'startRollBack',
};

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

function needsInCode(name: string): Set<Need> {
  const calls = callsInCode(`functions/${name}.ts`).filter(({ port }) => !['clock', 'log', 'meter'].includes(port));
  return new Set(
    calls.flatMap(({ file, port, method }) => {
      const call = `${port}.${method}`;
      const starts = call === 'executions.start' ? STARTS[file] : undefined;
      const needs =
        starts === undefined ? (inCluster(name, call) ?? readsAnyRegistry(name, call) ?? NEEDS[call]) : [starts];
      if (needs === undefined) throw new Error(`${file} calls ${call}: what does that need?`);
      return needs;
    }),
  );
}

/** Whoever may append may read, and whoever may write in the cluster likewise. */
const withReading = (needs: readonly Need[]): Set<Need> =>
  new Set([
    ...needs,
    ...(needs.includes('appendLedger') ? (['readLedger'] as const) : []),
    ...(needs.includes('writeCluster') ? (['readCluster'] as const) : []),
  ]);

describe.each(FUNCTION_NAMES)('%s', name => {
  const called = needsInCode(name);
  const granted = withReading(needsOf(name));

  it('may do all that it calls', () => {
    expect([...called].filter(need => !granted.has(need))).toEqual([]);
  });

  it('may do nothing that it does not call', () => {
    const used = withReading([...called]);
    expect([...granted].filter(need => !used.has(need))).toEqual([]);
  });
});

it('every operation that an adapter asks of AWS is granted to somebody', () => {
  const files = readdirSync(new URL('../../adapters', import.meta.url), { recursive: true, encoding: 'utf8' });
  const asked = files
    // tags are written by `sluice tag`, with the credentials of whoever calls it: no function has the right
    .filter(file => file.endsWith('.ts') && !file.startsWith('tags/'))
    .flatMap(file =>
      [...read(`adapters/${file}`).matchAll(/new (\w+)Command\(/g)].map(([, operation = '']) => operation),
    );
  const granted = ['infra/keep-awake.ts', 'infra/functions/permissions.ts', 'domain/sources/cloudwatch/plan.ts']
    .map(read)
    .join('\n');
  expect(asked.length).toBeGreaterThan(20);
  expect([...new Set(asked)].filter(operation => !new RegExp(`\\b${operation}\\b`).test(granted))).toEqual([]);
});
