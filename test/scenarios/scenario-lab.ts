import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { AppendedLine } from '../../adapters/ledger/ledger.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { StartAnswer } from '../../application/operations/schemas/start.ts';
import type { Dial, Slot } from '../../domain/dial.ts';
import { dialFor, otherSlot } from '../../domain/dial.ts';
import type { Fact } from '../../domain/ledger/facts.ts';
import { fold } from '../../domain/ledger/fold.ts';
import { emptyState } from '../../domain/ledger/state.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { WorkloadOf } from '../../domain/workload.ts';
import type { Program } from '../../lab/kubernetes/pod.ts';
import { type Lab, type LabOptions, openLab } from '../../lab/lab.ts';
import { type Load, startLoad } from '../../lab/load/load.ts';
import type { LoadReport } from '../../lab/load/report.ts';
import { type ReleaseRow, rowOf } from '../../lab/watch-release.ts';
import { addWorkload, type LabWorkloadSpec, pushImage } from '../../lab/workload.ts';

/** Long enough for a machine that does much else; a scenario that hangs says where. */
export const SCENARIO_WITHIN_MS = 120_000;

/** A second: at 20 % the canary gets 6 in a window of a second. */
const JUDGED_REQUESTS = 30;
/** A second: enough to lose one, where nothing is measured. */
const SEEN_REQUESTS = 10;

const SERVER = fileURLToPath(new URL('../../lab/programs/server.ts', import.meta.url));

/** The lab's server with these settings, e.g. `ERROR_SHARE=0.5`. */
export const server = (...settings: string[]): Program => ({ command: [process.execPath, SERVER, ...settings] });

/** One lab with several workloads, whose scenarios run at the same time. */
export interface ScenarioLab {
  readonly lab: Lab;
  open(name: string, spec: StorySpec): Promise<Scenario>;
  close(): Promise<void>;
}

/** A minute of a plan takes a second, and CloudWatch's points come soon. */
export async function openScenarioLab(options: Partial<LabOptions> = {}): Promise<ScenarioLab> {
  const publishing = { lateSeconds: 20, growsForSeconds: 10, growFrom: 0.8 };
  const lab = await openLab({ compress: 60, publishing, ...options });
  const opened: Scenario[] = [];
  return {
    lab,
    async open(name, spec) {
      const scenario = await Scenario.open(lab, name, spec);
      opened.push(scenario);
      return scenario;
    },
    async close() {
      await lab.close();
      // after the lab: with nothing there to answer, none waits for what is in flight
      await Promise.all(opened.map(scenario => scenario.close()));
    },
  };
}

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;
export type LineOf<Kind extends Fact['kind']> = AppendedLine & { fact: FactOf<Kind> };

export interface StorySpec extends Partial<Omit<LabWorkloadSpec, 'name' | 'plan' | 'readyPath'>> {
  plan: Omit<Plan, 'workload'>;
  /** `/ready` where it is not named; undefined: ready when it listens. */
  readyPath?: string | undefined;
  /** What is pushed as v2. */
  canary?: Program;
  /** 0: nobody asks. Enough for the plan's metrics where it is absent. */
  requestsPerSecond?: number;
}

/** How a workload is when nothing is released any more. */
export interface Rest {
  dial: Dial;
  /** Target groups in its rule. */
  groups: number;
  /** Replicas that the slots' Deployments ask for. */
  live: number;
  idle: number;
  /** Every entry carries the hash of the one before, and what they add up to is what the ledger answers. */
  ledgerIsWhole: boolean;
}

export const atRest = (live: Slot): Rest => ({
  dial: dialFor(live, 100),
  groups: 2,
  live: 1,
  idle: 0,
  ledgerIsWhole: true,
});

/** One workload of a lab under requests, and what its ledger tells. */
export class Scenario {
  readonly lab: Lab;
  readonly name: string;
  readonly workload: WorkloadOf<'alb'>;
  readonly lines: AppendedLine[] = [];
  private readonly load: Load | undefined;
  private readonly listeners = new Set<() => void>();

  private constructor(lab: Lab, workload: WorkloadOf<'alb'>, load: Load | undefined) {
    this.lab = lab;
    this.name = workload.name;
    this.workload = workload;
    this.load = load;
    lab.onLine((name, line) => {
      if (name !== this.name) return;
      this.lines.push(line);
      for (const listener of this.listeners) listener();
    });
  }

  static async open(lab: Lab, name: string, spec: StorySpec): Promise<Scenario> {
    const { plan, canary, readyPath, ...more } = { readyPath: '/ready', ...spec };
    const { requestsPerSecond = plan.metrics.length > 0 ? JUDGED_REQUESTS : SEEN_REQUESTS } = spec;
    const host = `${name}.lab`;
    const workload = await addWorkload(lab, {
      name,
      host,
      plan: { ...plan, workload: name },
      stable: server('VERSION=v1'),
      replicas: 1,
      ...(readyPath === undefined ? {} : { readyPath }),
      deregistrationDelaySeconds: 10,
      ...more,
    });
    pushImage(lab, name, 'v2', canary ?? server('VERSION=v2'));
    const load = requestsPerSecond === 0 ? undefined : await startLoad({ url: lab.edge.url, host, requestsPerSecond });
    return new Scenario(lab, workload, load);
  }

  start(image = 'v2', by = 'ann'): Promise<StartAnswer> {
    return this.lab.invoke('start', { workload: this.name, image, by }) as Promise<StartAnswer>;
  }

  abort(releaseId: string, by = 'ann'): Promise<unknown> {
    return this.lab.invoke('abort', { releaseId, by, because: `${by} has seen enough` });
  }

  /** Approves the step that waits for it, as soon as it does. */
  async go(releaseId = `${this.name}-1`): Promise<void> {
    const { fact, seq } = await this.until('approvalOpened', line => line.releaseId === releaseId);
    const meant = { releaseId, name: fact.name, opening: seq };
    await this.lab.invoke('approve', { ...meant, by: 'a lead', groups: ['leads'] });
  }

  /** From now on the load balancer's health checks of a slot ask for this path. */
  async askTargets(slot: Slot, path: string): Promise<void> {
    const { edge } = this.lab;
    const arn = this.workload.router.targetGroups[slot];
    const group = (await edge.targetGroups()).find(candidate => candidate.arn === arn);
    if (group === undefined) throw new Error(`there is no target group ${arn}`);
    await edge.putTargetGroup({ ...group, healthCheck: { ...group.healthCheck, protocol: 'HTTP', path } });
  }

  linesOf<Kind extends Fact['kind']>(kind: Kind, releaseId?: string): LineOf<Kind>[] {
    return this.lines.filter(
      (line): line is LineOf<Kind> =>
        line.fact.kind === kind && (releaseId === undefined || line.releaseId === releaseId),
    );
  }

  /** The first line of this kind that is, or comes to be, in the ledger. */
  until<Kind extends Fact['kind']>(
    kind: Kind,
    such: (line: LineOf<Kind>) => boolean = () => true,
  ): Promise<LineOf<Kind>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.listeners.delete(look);
        const last = this.lines.slice(-9).map(({ fact }) => JSON.stringify(fact));
        reject(new Error(`${this.name} never came to ${kind}; its last lines: ${last.join('\n')}`));
      }, SCENARIO_WITHIN_MS - 20_000);
      const look = () => {
        const found = this.linesOf(kind).find(such);
        if (found === undefined) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(found);
      };
      this.listeners.add(look);
      look();
    });
  }

  /** How a release ended; the first one where none is named. */
  async ended(releaseId = `${this.name}-1`): Promise<FactOf<'closed'>> {
    const line = await this.until('closed', closed => closed.releaseId === releaseId);
    return line.fact;
  }

  /** Until the release waits in this step of its plan, 0 for the first. */
  async untilIn(index: number, releaseId = `${this.name}-1`): Promise<void> {
    await this.until('stepStarted', line => line.releaseId === releaseId && line.fact.index === index);
  }

  /** Which version answers a client now. */
  versionAnswered(headers: Record<string, string> = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(this.lab.edge.url, { agent: false, headers: { host: this.host, ...headers } }, response => {
        json(response).then(body => resolve((body as { version: string }).version), reject);
      });
      asked.once('error', reject).end();
    });
  }

  report(): Promise<LoadReport> {
    if (this.load === undefined) throw new Error(`nobody asks ${this.name}`);
    return this.load.snapshot();
  }

  /** What came of a release that has ended: the ledger's lines and the clients' counts. Ends the requests. */
  async row(releaseId = `${this.name}-1`): Promise<ReleaseRow> {
    if (this.load === undefined) throw new Error(`nobody asks ${this.name}`);
    const lines = this.lines.filter(line => line.releaseId === releaseId);
    const report = await this.load.stop();
    return rowOf(this.lab, { name: this.name, workload: this.workload, release: { releaseId, lines }, report });
  }

  private get host(): string {
    return `${this.name}.lab`;
  }

  async rest(live: Slot): Promise<Rest> {
    const { deps, edge } = this.lab;
    const [dial, rules, liveSlot, idleSlot] = await Promise.all([
      deps.router.readDial(this.workload),
      edge.rules(),
      deps.cluster.readSlot(this.workload, live),
      deps.cluster.readSlot(this.workload, otherSlot(live)),
    ]);
    const action = rules.find(({ arn }) => arn === this.workload.router.rules[0])?.action;
    return {
      dial,
      groups: action !== undefined && 'targetGroups' in action ? action.targetGroups.length : 0,
      live: liveSlot.desired,
      idle: idleSlot.desired,
      ledgerIsWhole: await this.ledgerIsWhole(),
    };
  }

  /** Ends the requests. */
  async close(): Promise<void> {
    await this.load?.stop();
  }

  private async ledgerIsWhole(): Promise<boolean> {
    const { ledger } = this.lab.deps;
    const entries = await ledger.entries(this.name);
    const folded = entries.reduce((state, entry) => fold(state, entry, sha256), emptyState());
    return JSON.stringify(folded) === JSON.stringify(await ledger.read(this.name));
  }
}
