import { writeFile } from 'node:fs/promises';
import type { Plan, Step } from '../../domain/plan/plan.ts';
import { stateMachineArnOf } from '../../lab/asl/arns.ts';
import { openSmokeHook } from '../../lab/demo/smoke-hook.ts';
import type { Lab } from '../../lab/lab.ts';
import { bake, go, planOf, quickPlan, setWeight } from '../scenarios/plans.ts';
import { openScenarioLab, type Scenario, type ScenarioLab, server } from '../scenarios/scenario-lab.ts';
import { type Recording, recordingText, trimmed } from './recording.ts';

/*
 * `npm run record:replays [-- promoted undo]`: lets today's Sluice run these releases in the lab, and keeps what it wrote
 * down under recorded/. Run it when a scenario is added. What is there already was written by an older version: keep it, since
 * that is what it is for.
 */

const HEADER = { name: 'x-sluice-preview', value: 'canary' };

/** Each opens a workload of its name, and ends when the last of its releases is over. */
const scenarios: Record<string, (opened: ScenarioLab, name: string) => Promise<Scenario>> = {
  promoted: async (opened, name) => ended(await opened.open(name, { plan: planOf() })),

  'rolled-back': async (opened, name) =>
    ended(await opened.open(name, { plan: planOf(), canary: server('VERSION=v2', 'ERROR_SHARE=0.5') })),

  'never-ready': async (opened, name) => {
    const plan = planOf({ progressDeadlineSeconds: 120 });
    return ended(await opened.open(name, { plan, canary: server('VERSION=v2', 'NEVER_READY=1') }));
  },

  'blue-green': async (opened, name) => {
    const { url } = opened.lab.edge;
    const hook = await openSmokeHook({ url, host: `${name}.lab`, header: HEADER, version: 'v2' });
    const steps: Plan['steps'] = [
      { kind: 'hook', name: 'smoke', url: hook.url, timeoutSeconds: 600, retries: 2 },
      go,
      setWeight(100),
    ];
    const plan = planOf({ strategy: 'blueGreen', preview: { header: HEADER }, steps });
    try {
      const scenario = await opened.open(name, { plan, previewHeader: HEADER });
      await scenario.start();
      await scenario.go();
      await scenario.ended();
      return scenario;
    } finally {
      hook.close();
    }
  },

  'first-release': async (opened, name) =>
    ended(await opened.open(name, { plan: quickPlan(), replicas: 0, requestsPerSecond: 0 })),

  undo: async (opened, name) => {
    const scenario = await ended(await opened.open(name, { plan: quickPlan() }));
    await opened.lab.invoke('undo', { workload: name, by: 'bea' });
    await scenario.ended(`${name}-2`);
    return scenario;
  },

  controlled: async (opened, name) => {
    const measured: Step = { kind: 'analysis', metrics: ['errors'], count: 1 };
    const steps = [setWeight(20), measured, setWeight(100)];
    const scenario = await ended(await opened.open(name, { plan: planOf({ steps, soakSeconds: 120, control: 5 }) }));
    await opened.lab.invoke('undo', { workload: name, by: 'bea' });
    await scenario.ended(`${name}-2`);
    return scenario;
  },

  approval: async (opened, name) => {
    const scenario = await opened.open(name, { plan: quickPlan({ steps: [setWeight(20), go, setWeight(100)] }) });
    await scenario.start();
    await scenario.go();
    await scenario.ended();
    return scenario;
  },

  hold: async (opened, name) => {
    const plan = planOf({ hold: { atMostSeconds: 60, then: 'rollBack' } });
    return ended(await opened.open(name, { plan, requestsPerSecond: 0 }));
  },

  aborted: async (opened, name) => {
    const scenario = await opened.open(name, {
      plan: planOf({ steps: [setWeight(20), bake(36_000), setWeight(100)] }),
    });
    await scenario.start();
    await scenario.untilIn(1);
    await scenario.abort(`${name}-1`);
    await scenario.ended();
    return scenario;
  },
};

async function ended(scenario: Scenario): Promise<Scenario> {
  await scenario.start();
  await scenario.ended();
  return scenario;
}

async function recordingOf(lab: Lab, { name, workload }: Scenario): Promise<Recording> {
  const entries = await lab.deps.ledger.entries(name);
  const ids = [...new Set(entries.map(({ releaseId }) => releaseId))];
  const isOf = (input: { releaseId: string }) => ids.includes(input.releaseId);
  const machines = { release: 'sluice-release', rollBack: 'sluice-roll-back' } as const;
  // the close is an execution's last act but one
  const all = Object.values(machines).flatMap(machine => lab.host.listExecutions(stateMachineArnOf(machine)));
  const ours = all.filter(({ input }) => isOf(JSON.parse(input)));
  await Promise.all(ours.map(({ executionArn }) => lab.host.whenEnded(executionArn)));
  const executions = (['release', 'rollBack'] as const).flatMap(machine =>
    lab.host
      .listExecutions(stateMachineArnOf(machines[machine]))
      .reverse()
      .map(({ executionArn, name, status, input }) => {
        const states = trimmed(lab.host.executionHistory(executionArn));
        return { machine, name, status, input: JSON.parse(input), states };
      })
      .filter(({ input }) => isOf(input)),
  );
  return {
    workload: name,
    dial: await lab.deps.router.readDial(workload),
    entries,
    windows: Object.fromEntries(await Promise.all(ids.map(async id => [id, await lab.deps.ledger.windows(id)]))),
    executions,
  };
}

const asked = process.argv.slice(2);
const lab = await openScenarioLab();
try {
  for (const name of asked.length === 0 ? Object.keys(scenarios) : asked) {
    const tell = scenarios[name];
    if (tell === undefined)
      throw new Error(`there is no scenario ${name}; there are ${Object.keys(scenarios).join(', ')}`);
    const scenario = await tell(lab, name);
    const text = recordingText(await recordingOf(lab.lab, scenario));
    await writeFile(new URL(`recorded/${name}.json`, import.meta.url), text);
    await scenario.close();
    console.log(`${name}: ${Math.ceil(text.length / 1000)} kB`);
  }
} finally {
  await lab.close();
}
