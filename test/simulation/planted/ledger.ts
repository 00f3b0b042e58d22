import { LedgerConflictError } from '../../../adapters/ledger/errors.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';
import { type PlantedBug, withoutLine, withPort } from './plant.ts';

/** One append is the only write, and an intent comes before its effect. */
export const LEDGER_BUGS: PlantedBug[] = [
  {
    name: 'a shift without its intent',
    in: 'shift-traffic',
    seed: 1,
    rule: /intent/,
    wrap: withoutLine('shiftIntended'),
  },
  {
    name: 'a slot that is written without its intent',
    in: 'write-canary',
    seed: 1,
    rule: /intent/,
    wrap: withoutLine('canaryIntended'),
  },
  { name: 'a size without its intent', in: 'size-canary', seed: 1, rule: /intent/, wrap: withoutLine('sizeIntended') },
  {
    name: 'a preview without its intent',
    in: 'open-preview',
    seed: 1,
    rule: /intent/,
    wrap: withoutLine('previewIntended'),
  },
  {
    name: 'a hook that is called before that is written down',
    in: 'call-hook',
    seed: 1,
    rule: /intent/,
    wrap: withoutLine('hookCalled'),
  },
  {
    name: 'traffic that goes back before that is written down',
    in: 'restore-traffic',
    seed: 1,
    rule: /intent/,
    wrap: withoutLine('goingBack'),
  },
  { name: 'an execution without its claim', in: 'start-run', seed: 1, rule: /intent/, wrap: withoutLine('runClaimed') },
  {
    name: 'a roll back without its claim',
    in: 'claim-roll-back',
    seed: 1,
    rule: /intent/,
    wrap: withoutLine('rollBackClaimed'),
  },
  {
    name: 'a canary that is retired with nothing verified',
    in: 'verify-traffic',
    seed: 1,
    rule: /intent|every release ends|nothing spins/,
    wrap: withoutLine('dialVerified'),
  },
  {
    name: 'an append without its condition',
    in: 'release-call',
    seed: 35,
    rule: /does not go on|happens once|point of no return|one release|is over|old run/,
    wrap: withPort('ledger', [], ledger => ({
      async append(workload, after, line) {
        try {
          return await ledger.append(workload, after, line);
        } catch (error) {
          if (!(error instanceof LedgerConflictError)) throw error;
          return ledger.append(workload, await ledger.read(workload), line);
        }
      },
    })),
  },
  {
    name: 'a window that freezes at its first read',
    in: 'windows',
    seed: 1,
    rule: /two reads freeze/,
    wrap: withPort('ledger', [], ledger => ({
      putWindow: (releaseId, record) => ledger.putWindow(releaseId, { frozenAtEpochMs: Date.now(), ...record }),
    })),
  },
  {
    name: 'a window that is kept with other counts than were read',
    in: 'watch-metrics',
    seed: 1,
    rule: /kept as it was read/,
    wrap: withPort('ledger', [], ledger => ({
      putWindow: (releaseId, record) => ledger.putWindow(releaseId, forgiven(record)),
    })),
  },
];

/** As if none of the canary's requests had failed, and there had been one more. */
function forgiven(record: WindowRecord): WindowRecord {
  const { reading } = record;
  if (reading.kind !== 'counts' || reading.canary === null) return record;
  const { requests } = reading.canary;
  return { ...record, reading: { ...reading, canary: { requests: requests + 1, bad: [0] } } };
}
