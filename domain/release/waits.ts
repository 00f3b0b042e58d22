/*
 * All that a release can wait for: the states of both machines in which it does, and after how long a person is called.
 * Nothing here can go on for ever without somebody being told, once and then again.
 */

/** Seconds. What Sluice does by itself takes seconds; six tries of a task with their pauses take at most six minutes. */
export const OWN_WORK = 600;
/** The way back takes seconds too, and requests may be with a bad version meanwhile. */
export const WAY_BACK = 300;
/** Past the time that the plan gives to something: the look that ends it comes within a minute, with its tries in six. */
export const AFTER_PLANNED = 300;
/** A hold for something that only a person can mend: less than the half hour that `hold.atMost` has by default. */
export const NEEDS_MENDING = 900;
/** A page for the same trouble is sent again after this long. */
const HOURLY = 3_600;
/** People know that they are asked; a reminder a day. */
export const DAILY = 86_400;

export interface Wait {
  /** `release/<state>` and `roll-back/<state>` of the definitions. */
  states: readonly string[];
  /** Seconds from one page to the next about the same. */
  againSeconds: number;
}

/** The account is at its limit, or a function in a VPC has no network interface yet. */
const THROTTLED = ['AfterThrottling', 'PauseThrottled', 'ByThrottling'].map(state => `release/${state}`);
/** The loop in which a release of the road waits, whatever for. */
const LOOP = [
  'Pause',
  'ByAsking',
  'ReadSlot',
  'Look',
  'LookInCluster',
  'ByMove',
  'ByMoveInCluster',
  'StartNextRun',
  'NextRun',
  'NextStep',
  'ByStep',
].map(state => `release/${state}`);
/** Stable waits to be scaled down. */
const DRAINING = ['RetireStable', 'ByRetired', 'PauseDraining', 'AfterDrainFault', 'ByDrainFault'].map(
  state => `release/${state}`,
);
/** Whatever failed on the way back is tried again, and goes on in the next attempt before its history is full. */
const AGAIN = [
  ...['ByCounted', 'CountFault', 'CountFirstFault', 'ByFault'],
  ...['StartRollBackAgain', 'PauseBeforeHandingOver', 'NextAttempt'],
].map(state => `roll-back/${state}`);
/** An execution that ends like this leaves its release open: the reconciler goes on or back. */
const ENDS = ['Stale', 'Failed'].map(state => `release/${state}`);
const looping = (againSeconds: number, ...states: string[]): Wait => ({
  states: [...LOOP, ...THROTTLED, ...states],
  againSeconds,
});
const once = (...states: string[]): Wait => ({ states, againSeconds: HOURLY });

export const WAITS = {
  /** Requested, and no execution has taken it up. */
  notBegun: once('release/Begin', ...ENDS),
  admission: once('release/Admit', 'release/ByAdmission', ...THROTTLED),
  alarmsBeforeAdmission: { states: ['release/PauseBeforeAdmitting', 'release/Admit'], againSeconds: DAILY },
  writing: once('release/WriteCanary', ...THROTTLED),
  sizing: looping(HOURLY, 'release/SizeCanary', 'release/AfterSizeFault'),
  readiness: looping(HOURLY),
  preview: once('release/NextStep', 'release/ByStep', 'release/OpenPreview'),
  hook: looping(HOURLY, 'release/CallHook'),
  approval: looping(DAILY, 'release/OpenApproval', 'release/AwaitApproval'),
  bake: looping(HOURLY),
  analysis: looping(HOURLY),
  soak: looping(HOURLY, 'release/Soak'),
  /** Ready for its weight, which is not intended yet. */
  shiftDue: looping(
    HOURLY,
    'release/ShiftTraffic',
    'release/ShiftTrafficInCluster',
    'release/ByShift',
    'release/ByShiftInCluster',
  ),
  shift: looping(
    HOURLY,
    'release/ShiftTraffic',
    'release/ShiftTrafficInCluster',
    'release/ByShift',
    'release/ByShiftInCluster',
  ),
  /** On hold for want of data, or for a person's answer to that. */
  data: looping(DAILY),
  /** On hold for what only a person can mend. */
  fault: looping(HOURLY, ...DRAINING),
  /** The soak is over, and stable is not given up yet. */
  givingUp: once(...DRAINING),
  /** A first release past its point of no return, which is its shift. */
  firstShift: looping(
    HOURLY,
    'release/ShiftTraffic',
    'release/ShiftTrafficInCluster',
    'release/ByShift',
    'release/ByShiftInCluster',
  ),
  draining: once(...DRAINING),
  closing: once(
    'release/Close',
    'release/Ended',
    'roll-back/Close',
    'roll-back/AfterCloseFault',
    'roll-back/PauseBeforeClosing',
    ...AGAIN,
    'roll-back/Ended',
    ...ENDS,
  ),
  /** The deadline has passed, and nothing has sent it back. */
  deadline: once('release/StartRollBack', 'release/StartRollBackForFault', ...ENDS),
  /** Claimed, and no execution has taken it up. */
  rollBack: once('release/StartRollBack', 'release/StartRollBackForFault', 'release/GoingBack', 'roll-back/Stale'),
  restoring: once(
    'roll-back/RestoreTraffic',
    'roll-back/RestoreTrafficInCluster',
    'roll-back/ByRestored',
    'roll-back/ByRestoredInCluster',
    'roll-back/AfterRestoreFault',
    'roll-back/PauseBeforeRestoring',
    ...AGAIN,
  ),
  verifying: once(
    'roll-back/VerifyTraffic',
    'roll-back/VerifyTrafficInCluster',
    'roll-back/ByVerified',
    'roll-back/ByVerifiedInCluster',
    'roll-back/AfterVerifyFault',
    'roll-back/PauseBeforeRestoring',
    'roll-back/PauseDraining',
    ...AGAIN,
  ),
  retiringCanary: once(
    'roll-back/RetireCanary',
    'roll-back/ByRetiring',
    'roll-back/AfterRetireFault',
    'roll-back/PauseBeforeRetiring',
    ...AGAIN,
  ),
  /** Behind the release that is on its way. */
  turn: { states: [], againSeconds: DAILY },
} as const satisfies Record<string, Wait>;

export type WaitKind = keyof typeof WAITS;
