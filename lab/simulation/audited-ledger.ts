import { sha256 } from '../../adapters/sha256.ts';
import { ChainAudit } from '../../domain/ledger/audit.ts';
import type { Systems } from './ports.ts';
import type { Stage } from './stage.ts';

/**
 * What the product itself says of the ledger, and no oracle: whoever walks it from its first line finds nothing that does not follow: no
 * line, no named state, no snapshot.
 */
export async function auditLedger(stage: Stage, { ledger }: Systems, workload: string): Promise<void> {
  const chain = new ChainAudit(sha256);
  const kept = await ledger.readSnapshots(workload);
  let afterSeq: number | undefined = 0;
  while (afterSeq !== undefined) {
    const page: Awaited<ReturnType<typeof ledger.readRawLines>> = await ledger.readRawLines(workload, afterSeq);
    if (!page.lines.every(line => chain.add(line))) break;
    afterSeq = page.nextAfterSeq;
  }
  const { broken, snapshots } = chain.end(kept);
  if (snapshots > 0) stage.coverage.count('a snapshot that the ledger names');
  if (broken !== undefined) stage.violate('a ledger can be audited', `line ${broken.seq}: ${broken.because}`);
}
