import * as z from 'zod';
import type { Dial } from '../../../domain/dial.ts';
import type { Entry } from '../../../domain/ledger/facts.ts';
import type { WorkloadState } from '../../../domain/ledger/state.ts';
import type { Waiting } from '../../../domain/release/waiting.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';
import { type Operation, typed } from './operation.ts';

export const statusInputSchema = z.strictObject({
  /** Absent: the names of all workloads. */
  workload: z.string().min(1).optional(),
  /** Lines of the ledger after this one, too. */
  afterSeq: z.int().nonnegative().optional(),
  /** A release of the workload, of any time: its windows and only its lines, so that it can be judged again. */
  releaseId: z.string().min(1).optional(),
  /** The cursor of an answer before: its next windows. */
  windowsAfter: z.string().min(1).optional(),
});
export type StatusInput = z.infer<typeof statusInputSchema>;

/** Instants are milliseconds since 1970 everywhere. */
const instant = z.number();
const releaseSchema = z.looseObject({
  releaseId: z.string(),
  images: z.record(z.string(), z.looseObject({ reference: z.string(), digest: z.string() })),
  plan: z.looseObject({ steps: z.array(z.looseObject({ kind: z.string() })) }),
});

/** As domain/ledger/state.ts has it: the fold of the workload's ledger. */
const stateSchema = typed<WorkloadState>(
  z.looseObject({
    seq: z.int().nonnegative(),
    lastHash: z.string(),
    releases: z.int().nonnegative(),
    live: z.looseObject({ slot: z.string(), revision: z.string(), releaseId: z.string() }).optional(),
    active: releaseSchema.optional(),
    waiting: releaseSchema.optional(),
    ended: z.array(releaseSchema.extend({ outcome: z.string(), because: z.string(), endedAtEpochMs: instant })),
  }),
);

const entrySchema = typed<Entry>(
  z.looseObject({
    seq: z.int().positive(),
    releaseId: z.string(),
    atEpochMs: instant,
    by: z.string(),
    fact: z.looseObject({ kind: z.string() }),
  }),
);

const windowSchema = typed<WindowRecord>(
  z.looseObject({
    metric: z.string(),
    startEpochMs: instant,
    endEpochMs: instant,
    reading: z.looseObject({ kind: z.string() }),
    readAtEpochMs: instant,
    straddles: z.boolean(),
  }),
);

const waitingSchema = typed<Waiting>(
  z.looseObject({
    kind: z.string(),
    releaseId: z.string(),
    awaited: z.string(),
    sinceEpochMs: instant,
    pageAtEpochMs: instant,
  }),
);

const workloadStatusSchema = z.object({
  kind: z.literal('workload'),
  state: stateSchema,
  /** Per cent of requests by slot. `unreadable`: why a rule shows none, a maintenance page for example. */
  dial: typed<Dial | { unreadable: string }>(
    z.union([z.looseObject({ blue: z.number(), green: z.number() }), z.looseObject({ unreadable: z.string() })]),
  ),
  /** What its releases wait for; absent in answers of functions from before it was said. */
  awaited: z.array(waitingSchema).optional(),
  entries: z.array(entrySchema),
  /** The log is longer than an answer: ask again, after this line. */
  nextAfterSeq: z.int().nonnegative().optional(),
  /** Of the release that was asked for, else of the one that is on its way. */
  windows: z.array(windowSchema),
  /** There are more windows than an answer holds: ask again, with this as `windowsAfter`. */
  nextWindows: z.string().optional(),
});

export const statusOutputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workloads'), names: z.array(z.string()) }),
  workloadStatusSchema,
]);
export type StatusAnswer = z.infer<typeof statusOutputSchema>;
export type WorkloadAnswer = z.infer<typeof workloadStatusSchema>;

export const status = {
  name: 'status',
  does: 'reads',
  summary: 'answers how a workload and its releases are, or which workloads there are',
  input: statusInputSchema,
  output: statusOutputSchema,
  example: {
    input: { workload: 'checkout', afterSeq: 316 },
    output: {
      kind: 'workload',
      state: { seq: 316, lastHash: '9f2c', releases: 42, ended: [] },
      dial: { blue: 100, green: 0 },
      awaited: [],
      entries: [],
      windows: [],
    },
  },
} as const satisfies Operation;
