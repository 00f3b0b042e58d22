import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { AuditAnswer, AuditInput } from './schemas/audit.ts';

export interface AuditDeps extends SharedDeps {
  ledger: Ledger;
}

/** Answers a log as it is kept, for those who check it. It believes nothing of what it reads, so it answers where every other operation stops. */
export async function audit(deps: AuditDeps, { workload, afterSeq }: AuditInput): Promise<AuditAnswer> {
  // the snapshots first: the lines that name them are there by then
  const snapshots = afterSeq === undefined ? await deps.ledger.readSnapshots(workload) : undefined;
  const page = await deps.ledger.readRawLines(workload, afterSeq ?? 0);
  return { ...page, ...(snapshots !== undefined && { snapshots }) };
}
