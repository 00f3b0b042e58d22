import { machineArns } from '../embedded-executions.ts';
import type { Effect } from '../observed-ports.ts';
import type { Simulation } from '../simulation.ts';
import type { Stage } from '../stage.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** In any hour, of one workload: faults and people included. */
const EXECUTIONS_PER_HOUR = 25;
const LINES_PER_HOUR = 300;

/** Whoever writes that a release is over starts the one that waits; where it died over that, the reconciler does, which may have no events, and then no Step Functions, for minutes. */
const STARTS_WITHIN_MS = 30_000;
const STARTS_AT_LAST_MS = 45 * MINUTE_MS;

/** An execution of a release that is over notices so at its next state; the longest pause is that of an approval. */
const STOPS_WITHIN_MS = 10 * MINUTE_MS;

/** How much happens in an hour: of a loop that spins, each turn is as it should be. */
export class PaceChecks {
  private readonly lines = new Map<string, number[]>();
  private readonly executions = new Map<string, number[]>();
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  line(workload: string): void {
    this.count(this.lines, workload, LINES_PER_HOUR, 'lines of the ledger');
  }

  effect(effect: Effect): void {
    const { kind, workload } = effect;
    if (kind === 'startExecution') this.stage.begun.add(effect.name.replace(/^rb-/, '').replace(/-\d+$/, ''));
    // executions that begin as if they had looked often are followed by the next ones soon
    if (kind !== 'startExecution' || this.stage.hasShortRuns) return;
    this.count(this.executions, workload, EXECUTIONS_PER_HOUR, 'starts of executions');
  }

  private count(all: Map<string, number[]>, workload: string, most: number, what: string): void {
    const instants = all.get(workload) ?? [];
    all.set(workload, instants);
    instants.push(Date.now());
    while ((instants[0] ?? 0) < Date.now() - HOUR_MS) instants.shift();
    const peak = `most ${what} in an hour`;
    this.stage.coverage.most(peak, instants.length);
    if (instants.length === most + 1) this.stage.violate('nothing spins', `${instants.length} ${what} in an hour`);
  }
}

/** To be called now and then: what should have happened by now. */
export function checkPace({ stage, host }: Simulation, workload: string): void {
  waitingStarts(stage, workload);
  holdEnds(stage, workload);
  const { releases } = stage.told(workload);
  for (const machine of ['release', 'rollBack'] as const) {
    for (const { name, status } of host.listExecutions(machineArns[machine])) {
      if (status !== 'RUNNING') continue;
      const releaseId = name.replace(/^rb-/, '').replace(/-\d+$/, '');
      const closed = releases.get(releaseId)?.closed;
      if (closed === undefined || Date.now() < closed.atEpochMs + STOPS_WITHIN_MS) continue;
      // Close begins the next release, and tries that for as long as Step Functions does not answer
      if (stage.executionsAway.some(({ untilMs }) => untilMs + STOPS_WITHIN_MS > stage.elapsedMs)) continue;
      stage.violate('nothing runs for what is over', `${name} runs, and ${releaseId} is ${closed.outcome}`);
    }
  }
}

/** The release that waited begins when the one before it is over. */
function waitingStarts(stage: Stage, workload: string): void {
  const { active, releases } = stage.told(workload);
  if (active === undefined || stage.begun.has(active.releaseId) || active.rollBackAtEpochMs !== undefined) return;
  const requestedAtEpochMs = active.lines[0]?.landedAtEpochMs ?? 0;
  const last = [...releases.values()].findLast(({ closed }) => closed !== undefined)?.closed;
  const waited = last !== undefined && last.atEpochMs >= requestedAtEpochMs;
  const sinceMs = Date.now() - Math.max(requestedAtEpochMs, last?.atEpochMs ?? 0);
  const isUnharmed = last?.by?.name === 'close' && !last.by.isHarmed;
  const withinMs = waited && isUnharmed ? STARTS_WITHIN_MS : STARTS_AT_LAST_MS;
  if (sinceMs <= withinMs) return;
  const how = `${active.releaseId} has not begun ${Math.round(sinceMs / 1000)} s after it could`;
  stage.violate('what waits begins when it can', how);
}

/** A look that ends a hold may be away for as long as systems are, in this simulation. */
const HOLD_SLACK_MS = 35 * MINUTE_MS;
/** The question of a hold has an end of its own. plan-reference.md, `hold` */
const QUESTION_MS = 4 * HOUR_MS;

/** A hold lasts as long as its plan says; past the point of no return, and on its way back, a release holds for as long as it takes. */
function holdEnds(stage: Stage, workload: string): void {
  const { active } = stage.told(workload);
  if (active?.hold === undefined || active.rollBackAtEpochMs !== undefined || active.retiringAtEpochMs !== undefined)
    return;
  const { sinceEpochMs } = active.hold;
  const questionMs = active.open.size > 0 || active.isToProceed ? QUESTION_MS : 0;
  const latest = sinceEpochMs + active.asked.hold.atMostSeconds * 1000 + questionMs + HOLD_SLACK_MS;
  if (Date.now() <= latest) return;
  stage.violate(
    'a hold ends',
    `${active.releaseId} holds for ${Math.round((Date.now() - sinceEpochMs) / MINUTE_MS)} min`,
  );
}
