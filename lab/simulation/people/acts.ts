import { assertNever } from '../../../domain/assert-never.ts';
import { SLOTS } from '../../../domain/dial.ts';
import { PROCEED } from '../../../domain/ledger/state.ts';
import { openApprovals } from '../../../domain/release/approvals.ts';
import { releaseExecutionName, rollBackExecutionName } from '../../../domain/release-id.ts';
import { executionArnOf } from '../../asl/arns.ts';
import { auditLedger } from '../audited-ledger.ts';
import { checkEnd, endOf } from '../checks/end.ts';
import { checkPace } from '../checks/pace.ts';
import { checkPeopleAreCalled } from '../checks/people.ts';
import { checkTemplateIsMeant } from '../checks/templates.ts';
import { MACHINE_NAMES, machineArns } from '../embedded-executions.ts';
import type { Act, Scenario } from '../scenario.ts';
import { HOOK_URL } from '../scenario-plan.ts';
import type { Simulation } from '../simulation.ts';
import { virtualSleep } from '../virtual-time.ts';
import { approveWhatIsOpen } from './approver.ts';
import { ask } from './ask.ts';
import type { Bus } from './bus.ts';
import { autoscale, changeRule, editImage, scaleByHand, turnBack, turnDial } from './manual-changes.ts';

/** The simulation looks this often whether it is over. */
const LOOK_EVERY_MS = 30_000;

const LONGEST_MS = 48 * 3_600_000;

/** Everything that people, the registry and the bus do, until all releases are over and nothing runs any more. */
export async function playActs(simulation: Simulation, scenario: Scenario, bus: Bus): Promise<void> {
  const { stage } = simulation;
  const answers = scenario.hookAnswers.map(answer => HOOK_ANSWERS[answer]);
  simulation.systems.hooks.answer(HOOK_URL, ...answers);
  simulation.systems.hooks.answer(STATUS_URL, ...answers);
  const play = async ({ atMs, action }: Act) => {
    await virtualSleep(atMs);
    await perform(simulation, scenario, action, bus);
  };
  const played = Promise.all([...scenario.acts.map(play), approveWhatIsOpen(simulation, scenario)]);
  const mended = virtualSleep(scenario.quietAtMs).then(() => {
    for (const slot of SLOTS) stage.site(scenario.workload.name).pods[slot].mend();
  });
  const isQuiet = Promise.all([played, mended]);
  let quiet: 'not yet' | 'quiet' | Error = 'not yet';
  isQuiet.then(
    () => {
      quiet = 'quiet';
    },
    (error: Error) => {
      quiet = error; // the simulation's own mistake
    },
  );
  for (;;) {
    await virtualSleep(LOOK_EVERY_MS);
    const now: unknown = quiet;
    if (now === 'quiet') mendPastNoReturn(simulation, scenario);
    if (now instanceof Error) throw now;
    if (stage.violations.length > 0) break;
    checkPace(simulation, scenario.workload.name);
    checkPeopleAreCalled(stage, scenario);
    if (endOf(simulation, scenario, now === 'quiet') === 'over') break;
    if (stage.elapsedMs > LONGEST_MS) stage.violate('every release ends', 'nothing has ended after two days');
  }
  if (stage.violations.length > 0) return;
  await isQuiet;
  await checkEnd(simulation, scenario);
  await auditLedger(stage, simulation.systems, scenario.workload.name);
}

/** Whoever is called about a release past its point of no return sees to its pods, half an hour later. */
function mendPastNoReturn({ stage }: Simulation, { workload: { name } }: Scenario): void {
  const { retiringAtEpochMs = Number.POSITIVE_INFINITY } = stage.told(name).active ?? {};
  if (Date.now() < retiringAtEpochMs + MENDED_AFTER_MS) return;
  for (const slot of SLOTS) stage.site(name).pods[slot].mend();
}
const MENDED_AFTER_MS = 30 * 60_000;

const STATUS_URL = 'https://hooks.example.com/smoke/status';
const HOOK_ANSWERS = {
  passed: { kind: 'passed' },
  failed: { kind: 'failed', because: 'the smoke test found smoke' },
  running: { kind: 'running', statusUrl: STATUS_URL },
  unreachable: 'unreachable',
} as const;

async function perform(simulation: Simulation, scenario: Scenario, action: Act['action'], bus: Bus): Promise<unknown> {
  const { stage, systems } = simulation;
  const workload = scenario.workload.name;
  stage.coverage.count(`action: ${action.kind}`);
  const push = (index: number): string => {
    const image = scenario.images[index];
    if (image === undefined) throw new Error(`the scenario has no image ${index}`);
    systems.images.push({
      repository: scenario.workload.repositories[0]?.name ?? '',
      tag: image.tag,
      digest: image.digest,
      atEpochMs: Date.now(),
    });
    return image.tag;
  };
  if ('at' in action && action.at !== undefined) {
    const releaseId = await stage.nextLine(action.at, scenario.quietAtMs - stage.elapsedMs);
    if (releaseId === undefined) return;
  }
  switch (action.kind) {
    case 'push': {
      const tag = push(action.image);
      stage.trace.tell('registry', `${tag} is pushed${action.announced ? '' : ', and no event says so'}`);
      if (bus.hasHandler('image-pushed')) {
        if (action.announced) bus.imagePushed(scenario, action.image);
        return;
      }
      return ask(simulation, 'start', { workload, image: tag, by: 'pipeline' }, 'pipeline', 5);
    }
    case 'start': {
      const tag = push(action.image);
      return ask(simulation, 'start', { workload, image: tag, by: action.by }, action.by, 5);
    }
    case 'editImage':
      return editImage(simulation, workload);
    case 'editTemplate': {
      stage.trace.tell('the team', 'changes its Deployment');
      stage.site(workload).editTemplate();
      if (action.start === undefined) return;
      await virtualSleep(action.start.afterMs);
      const askedAtEpochMs = Date.now();
      const event = { workload, image: push(action.start.image), by: action.start.by };
      const answer = await ask(simulation, 'start', event, action.start.by, 5);
      if (answer !== undefined) checkTemplateIsMeant(stage, scenario, { image: action.start.image, askedAtEpochMs });
      return;
    }
    case 'deleteAlarms':
      return bus.deleteAlarms(scenario, action.forMs);
    case 'abort': {
      const releaseId = stage.state(workload).active?.releaseId ?? `${workload}-1`;
      return ask(simulation, 'abort', { releaseId, by: action.by, because: 'it does not look right' }, action.by, 3);
    }
    case 'abortAt': {
      const releaseId = await stage.nextLine(action.fact, scenario.quietAtMs - stage.elapsedMs);
      if (releaseId === undefined) return;
      if (action.slowsCluster === true)
        stage.clusterIsSlowUntilMs = Math.min(stage.elapsedMs + 1_000, scenario.quietAtMs);
      await virtualSleep(action.afterMs);
      return ask(simulation, 'abort', { releaseId, by: action.by, because: 'it does not look right' }, action.by, 3);
    }
    case 'approve': {
      const state = stage.state(workload);
      const releaseId =
        action.about === 'active' ? state.active?.releaseId : (state.ended[0]?.releaseId ?? state.waiting?.releaseId);
      if (releaseId === undefined) return;
      const open = state.active === undefined ? undefined : openApprovals(state.active)[0];
      const { name, opening } = open ?? { name: PROCEED, opening: 1 };
      return ask(
        simulation,
        'approve',
        { releaseId, name, opening, by: action.by, groups: action.groups },
        action.by,
        1,
      );
    }
    case 'undo':
      return ask(simulation, 'undo', { workload, by: action.by }, action.by, 3);
    case 'turnDial':
      return turnDial(simulation, workload, action);
    case 'changeRule':
      return changeRule(simulation, workload, action);
    case 'scaleByHand':
      return scaleByHand(simulation, workload, action);
    case 'autoscale':
      return autoscale(simulation, scenario, action);
    case 'stopExecution':
      return stopExecution(simulation, workload, action.machine);
    case 'turnBack':
      return turnBack(simulation, workload, action, scenario.quietAtMs - stage.elapsedMs);
    case 'alarm':
      return bus.alarm(scenario, action);
    case 'alarmAt': {
      const releaseId = await stage.nextLine(action.fact, scenario.quietAtMs - stage.elapsedMs);
      if (releaseId === undefined) return;
      await virtualSleep(action.afterMs);
      return bus.alarm(scenario, action);
    }
    case 'targetsFail': {
      stage.trace.tell('world', `no target of ${action.slot} is healthy for ${action.forMs / 1000} s`);
      stage.site(workload).pods[action.slot].failUntil(Date.now() + action.forMs);
      return;
    }
    default:
      return assertNever(action);
  }
}

/** Somebody stops what runs for the release that is on its way. */
async function stopExecution(simulation: Simulation, workload: string, machine: 'release' | 'rollBack'): Promise<void> {
  const { stage, host } = simulation;
  const { active } = stage.state(workload);
  if (active === undefined) return;
  const name =
    machine === 'release'
      ? releaseExecutionName(active.releaseId, active.run)
      : rollBackExecutionName(active.releaseId, active.rollBack?.attempt ?? 0);
  const executionArn = executionArnOf(MACHINE_NAMES[machine], name);
  const isThere = host
    .listExecutions(machineArns[machine])
    .some(execution => execution.executionArn === executionArn && execution.status === 'RUNNING');
  if (!isThere) return;
  stage.coverage.count(`stopped by hand: ${machine}`);
  stage.trace.tell('a person', `stops the execution ${name}`);
  host.stopExecution({ executionArn, cause: 'stopped by hand' });
}
