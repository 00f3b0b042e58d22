import type { Ledger } from '../../adapters/ledger/ledger.ts';

/** @throws Error names the release of the workload that is on its way, or waits */
export async function requireNoRelease(ledger: Ledger, workload: string): Promise<void> {
  const { active, waiting } = await ledger.read(workload);
  const release = active ?? waiting;
  if (release === undefined) return;
  throw new Error(`${release.releaseId} is in progress: wait for its end or abort it, then delete again`);
}
