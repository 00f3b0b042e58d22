import * as z from 'zod';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import type { SharedDeps } from '../application/shared-deps.ts';
import type { KeptSnapshot } from '../domain/ledger/audit.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openLedger, openShared } from './lambda/open.ts';

export interface AuditDeps extends SharedDeps {
  ledger: Ledger;
}

const inputSchema = z.strictObject({
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

/** The door for those who check a log. It believes nothing of what it reads, so it answers where every other door stops. */
export const makeHandler = (deps: AuditDeps) =>
  makeLambda('audit', deps, async (event): Promise<AuditAnswer> => {
    const { workload, afterSeq } = inputSchema.parse(event);
    // the snapshots first: the lines that name them are there by then
    const snapshots = afterSeq === undefined ? await deps.ledger.readSnapshots(workload) : undefined;
    const page = await deps.ledger.readRawLines(workload, afterSeq ?? 0);
    return { ...page, ...(snapshots !== undefined && { snapshots }) };
  });

export const handler = lazily(env => makeHandler({ ...openShared(env), ledger: openLedger(env) }));
