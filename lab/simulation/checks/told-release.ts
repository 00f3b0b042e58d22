import type { Admission, Entry, Fact } from '../../../domain/ledger/facts.ts';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import type { Workload } from '../../../domain/workload.ts';

/** A line, and when it landed: what it says of its instant is its writer's clock, and when it was written. */
export interface ToldLine extends Entry {
  landedAtEpochMs: number;
}

interface Interval {
  fromMs: number;
  untilMs: number;
}

export interface ToldShift {
  weight: number;
  intendedAtEpochMs: number;
  confirmedAtEpochMs?: number;
}

/** Of a hold that asks a person. */
const QUESTION = 'proceed?';

/** What the lines say of one release: folded by the checks themselves, so that a mistake of the product's fold is seen. */
export class ToldRelease {
  readonly releaseId: string;
  readonly lines: ToldLine[] = [];
  readonly requestedBy: string;
  /** As it was asked for. */
  readonly asked: Plan;
  readonly workload: Workload;
  /** Image URI by container. */
  readonly images: Record<string, string>;
  readonly undoOf: string | undefined;
  admission?: Admission;
  admittedAtEpochMs?: number;
  /** The steps that it walks: a first release, and one that begins while stable is down, keep their gates and turn once. */
  steps: readonly Step[];
  soakSeconds: number;
  stepsDone = 0;
  readonly shifts: ToldShift[] = [];
  run = 0;
  hold?: { sinceEpochMs: number; heldForDataEver: boolean; fault: boolean };
  verdict?: { kind: string };
  private readonly over: Interval[] = [];
  /** Questions that are open, by name. */
  readonly open = new Map<string, { opening: number; sinceEpochMs: number; approvers: Set<string> }>();
  /** A hold's question was answered with yes, and the step that it is for is not over. */
  isToProceed = false;
  /** The hold that the last line ended, and whether a person had said that it goes on. */
  justEnded: { hold?: NonNullable<ToldRelease['hold']>; isToProceed: boolean } = { isToProceed: false };
  rollBackAtEpochMs?: number;
  retiringAtEpochMs?: number;
  verifiedAtEpochMs?: number;
  /** Past the point of no return a person turned the traffic back by hand, and said so. */
  turnedBackAtEpochMs?: number;
  /** `by`: the call that wrote it, with which something may have gone wrong. */
  closed?: { atEpochMs: number; outcome: string; reason?: string; by?: { name: string; isHarmed: boolean } };
  private readonly said = new Set<Fact['kind']>();

  constructor(line: ToldLine & { fact: Extract<Fact, { kind: 'requested' }> }) {
    const { releaseId, by, fact } = line;
    this.releaseId = releaseId;
    this.requestedBy = by;
    this.asked = fact.plan;
    this.workload = fact.workload;
    this.images = Object.fromEntries(Object.entries(fact.images).map(([name, { uri }]) => [name, uri]));
    this.undoOf = fact.undoOf;
    // an undo turns everything at once; no simulated plan keeps a control
    this.steps = fact.undoOf === undefined ? fact.plan.steps : [{ kind: 'setWeight', weight: 100 }];
    this.soakSeconds = fact.plan.soakSeconds;
    this.take(line);
  }

  says(kind: Fact['kind']): boolean {
    return this.said.has(kind);
  }

  /** When its first weight above 0 was intended. */
  get firstTrafficEpochMs(): number | undefined {
    return this.shifts.find(({ weight }) => weight > 0)?.intendedAtEpochMs;
  }

  /** What does not count against its deadline: open questions, and holds that were for want of data. */
  notCounted(nowEpochMs: number): Interval[] {
    const running = [...this.open.values()].map(({ sinceEpochMs }) => ({ fromMs: sinceEpochMs, untilMs: nowEpochMs }));
    if (this.hold?.heldForDataEver === true) running.push({ fromMs: this.hold.sinceEpochMs, untilMs: nowEpochMs });
    return [...this.over, ...running];
  }

  take(line: ToldLine): void {
    this.lines.push(line);
    this.said.add(line.fact.kind);
    const { fact, atEpochMs: at } = line;
    switch (fact.kind) {
      case 'admitted':
        this.admitted(fact.admission, at);
        return;
      case 'runClaimed':
        this.run = fact.run;
        return;
      case 'stepDone':
        this.stepsDone = fact.index + 1;
        this.endHold(at);
        return;
      case 'shiftIntended':
        this.shifts.push({ weight: fact.weight, intendedAtEpochMs: at });
        return;
      case 'shiftConfirmed': {
        const last = this.shifts.at(-1);
        if (last !== undefined) last.confirmedAtEpochMs = at;
        this.stepsDone += 1;
        this.endHold(at);
        return;
      }
      case 'approvalOpened':
        this.open.set(fact.name, { opening: line.seq, sinceEpochMs: at, approvers: new Set() });
        return;
      case 'approved':
        this.approved(fact.name, fact.opening, line);
        return;
      case 'judged':
        this.verdict = fact.verdict;
        return;
      case 'held': {
        const { sinceEpochMs = at, heldForDataEver = false } = this.hold ?? {};
        this.hold = { sinceEpochMs, heldForDataEver: heldForDataEver || !fact.fault, fault: fact.fault };
        return;
      }
      case 'resumed':
        this.endHold(at, this.isToProceed);
        return;
      case 'soakDone':
        this.endHold(at);
        return;
      case 'rollBackClaimed':
        this.rollBackAtEpochMs ??= at;
        return;
      case 'dialRestored':
        delete this.verifiedAtEpochMs;
        return;
      case 'dialVerified':
        this.verifiedAtEpochMs ??= at;
        return;
      case 'liveRecorded':
        if (fact.slot === this.admission?.stable) this.turnedBackAtEpochMs = at;
        else delete this.turnedBackAtEpochMs;
        return;
      case 'retiring':
        this.retiringAtEpochMs ??= at;
        return;
      case 'closed':
        this.closed = { atEpochMs: at, outcome: fact.outcome, ...(fact.reason && { reason: fact.reason }) };
        return;
      default:
        return;
    }
  }

  private admitted(admission: Admission, at: number): void {
    this.admission = admission;
    this.admittedAtEpochMs = at;
    const turnsOnce = admission.first === true || admission.stableIsDown === true;
    if (!turnsOnce) return;
    const gates = this.steps.filter(({ kind }) => kind === 'hook' || kind === 'approval');
    this.steps = [...gates, { kind: 'setWeight', weight: 100 }];
    if (admission.first === true) this.soakSeconds = 0;
  }

  private approved(name: string, opening: number | undefined, line: ToldLine): void {
    const open = this.open.get(name);
    if (open === undefined || (opening !== undefined && opening !== open.opening)) return;
    open.approvers.add(line.by);
    const step = this.steps.find(candidate => candidate.kind === 'approval' && candidate.name === name);
    const required = step?.kind === 'approval' ? step.required : 1;
    if (open.approvers.size < required) return;
    this.close(name, line.atEpochMs);
    if (name === QUESTION) this.isToProceed = true;
  }

  private close(name: string, at: number): void {
    const open = this.open.get(name);
    if (open === undefined) return;
    this.over.push({ fromMs: open.sinceEpochMs, untilMs: at });
    this.open.delete(name);
  }

  private endHold(at: number, keepsAnswer = false): void {
    this.justEnded = { ...(this.hold && { hold: this.hold }), isToProceed: this.isToProceed };
    if (this.hold?.heldForDataEver === true) this.over.push({ fromMs: this.hold.sinceEpochMs, untilMs: at });
    delete this.hold;
    this.close(QUESTION, at);
    if (!keepsAnswer) this.isToProceed = false;
  }
}
