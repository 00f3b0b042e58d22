import * as z from 'zod';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { KeptSnapshot } from '../../domain/ledger/audit.ts';
import type { SharedDeps } from '../shared-deps.ts';

export interface AuditDeps extends SharedDeps {
  ledger: Ledger;
}

export const auditInputSchema = z.strictObject({
  workload: z.string().min(1),
  /** Lines after this one; absent: from the first on. */
  afterSeq: z.int().nonnegative().optional(),
});

export interface AuditAnswer {
  /** As they are kept: whoever asks checks them by himself. */
  lines: string[];
  /** The log is longer than an answer: ask again, after this line. */
  nextAfterSeq?: number;
  /** Only with the first lines. */
  snapshots?: KeptSnapshot[];
}

/** Answers a log as it is kept, for those who check it. It believes nothing of what it reads, so it answers where every other operation stops. */
export async function audit(
  deps: AuditDeps,
  { workload, afterSeq }: z.infer<typeof auditInputSchema>,
): Promise<AuditAnswer> {
  // the snapshots first: the lines that name them are there by then
  const snapshots = afterSeq === undefined ? await deps.ledger.readSnapshots(workload) : undefined;
  const page = await deps.ledger.readRawLines(workload, afterSeq ?? 0);
  return { ...page, ...(snapshots !== undefined && { snapshots }) };
}
