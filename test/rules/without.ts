import type { FakeLedger } from '../../adapters/ledger/fake-ledger.ts';
import type { NewLine } from '../../adapters/ledger/ledger.ts';
import { overriding } from '../../adapters/overriding.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { fold } from '../../domain/ledger/fold.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { type AllDeps, makeHandlers } from '../../functions/lambda/handlers.ts';
import type { Fakes } from '../functions/fakes.ts';

/** Runs a handler of a world with some of its ports replaced: what a rule rests on is taken away there, never in the product. */
export function runWithout(fakes: Fakes, ports: Partial<AllDeps>, name: string, input: unknown): Promise<unknown> {
  const handler = makeHandlers({ ...fakes.deps, ...ports })[name];
  if (handler === undefined) throw new Error(`there is no handler ${name}`);
  return handler(input);
}

/** A ledger whose append has no condition: what somebody else wrote in between is not noticed. */
export const unconditional = (ledger: FakeLedger): FakeLedger =>
  overriding(ledger, {
    append: async (workload: string, after: WorkloadState, line: NewLine) => {
      await ledger.append(workload, await ledger.read(workload), line);
      const entry = { ...line, seq: after.seq + 1, previousHash: after.lastHash };
      return fold(after, entry, sha256); // the state as this writer believes it to be
    },
  });

/** A ledger that does not keep lines of a kind, and says that it does. */
export const forgetting = (ledger: FakeLedger, kind: NewLine['fact']['kind']): FakeLedger =>
  overriding(ledger, {
    append: async (workload: string, after: WorkloadState, line: NewLine) =>
      line.fact.kind === kind ? after : ledger.append(workload, after, line),
  });
