import type { MetricReading } from '../../../adapters/metrics/metric-source.ts';
import type { WindowRecord } from '../../../domain/windows/reading.ts';
import { afterwards, answering, believing, type PlantedBug, withPort } from './plant.ts';

/** What a look sees, and what it makes of it. */
export const JUDGEMENT_BUGS: PlantedBug[] = [
  {
    name: 'a window that straddles a shift is judged',
    in: 'windows',
    seed: 48,
    rule: /has its evidence|straddles/,
    wrap: withPort('ledger', [], ledger => ({
      windowsFrom: async (releaseId, from) =>
        (await ledger.windowsFrom(releaseId, from)).map(record => ({ ...record, straddles: false })),
    })),
  },
  {
    name: 'a degraded verdict that a later look overrules',
    in: 'next-move',
    seed: 11,
    rule: /degraded is final|bad is not promoted|a bad image/,
    wrap: {
      ...answering('look', move =>
        move.kind === 'rollBack' && move.reason === 'degraded' ? { ...move, kind: 'lookAgain', seconds: 10 } : move,
      ),
      // only what the newest windows say counts
      ...onlyNewest(3),
    },
  },
  {
    name: 'failures of the canary that the source does not count',
    in: 'metrics',
    seed: 20,
    rule: /a bad image/,
    wrap: {
      deps(deps, stage) {
        const { traffic } = stage.site('shop');
        const read = traffic.read.bind(traffic);
        traffic.read = request => read(request).map(withoutFailures);
        return deps;
      },
    },
  },
  {
    name: 'failures that burn a budget are not counted',
    in: 'metrics',
    seed: 353,
    rule: /a bad image/,
    wrap: {
      deps(deps, stage) {
        const { traffic } = stage.site('shop');
        const read = traffic.read.bind(traffic);
        const burns = ({ judge }: { judge: { kind: string } }) => judge.kind === 'burnRate';
        traffic.read = request => (request.metrics.some(burns) ? read(request).map(withoutFailures) : read(request));
        return deps;
      },
    },
  },
  {
    name: 'the counts of the two slots changed about',
    in: 'watch-metrics',
    seed: 1,
    rule: /kept as it was read|a bad image/,
    wrap: withPort('metrics', ['look'], metrics => ({
      read: async request => (await metrics.read(request)).map(exchanged),
    })),
  },
  {
    name: 'only the newest window is judged',
    in: 'judge',
    seed: 34,
    rule: /degraded is final|a bad image|bad is not promoted/,
    wrap: onlyNewest(1),
  },
  {
    name: 'what is inconclusive goes on',
    in: 'next-move',
    seed: 1,
    rule: /inconclusive does not go on/,
    wrap: afterwards('look', async (stage, move, append) => {
      const { active } = stage.state('shop');
      const kind = active?.plan.steps[active.stepsDone]?.kind;
      const isHeld = active?.hold?.fault === false && active.verdict?.kind === 'inconclusive';
      if (active === undefined || move.kind !== 'lookAgain' || !isHeld || kind !== 'bake') return move;
      await append({ kind: 'stepDone', index: active.stepsDone, because: 'nothing against it' });
      return { ...move, kind: 'advance' };
    }),
  },
  {
    name: 'a bake that is two minutes short',
    in: 'next-move',
    seed: 1,
    rule: /lasts its time/,
    wrap: believing(['look'], release =>
      release.stepStartedAtEpochMs === undefined
        ? release
        : { ...release, stepStartedAtEpochMs: release.stepStartedAtEpochMs - 120_000 },
    ),
  },
  {
    name: 'a soak that is a minute short',
    in: 'next-move',
    seed: 9,
    rule: /lasts its time/,
    wrap: believing(['look'], release =>
      release.soak === undefined
        ? release
        : { ...release, soak: { ...release.soak, startedAtEpochMs: release.soak.startedAtEpochMs - 60_000 } },
    ),
  },
  {
    name: 'a bake that ends early although the plan does not say so',
    in: 'next-move',
    seed: 194,
    rule: /lasts its time/,
    wrap: believing(['look'], release => ({
      ...release,
      plan: { ...release.plan, promoteEarly: { beta: 0.05, nonInferiority: 2, afterSeconds: 60 } },
    })),
  },
  {
    name: 'a hold without an end',
    in: 'hold',
    seed: 6,
    rule: /a hold ends|every release ends/,
    wrap: believing(['look'], release =>
      release.hold === undefined ? release : { ...release, hold: { ...release.hold, sinceEpochMs: Date.now() } },
    ),
  },
  {
    name: 'a hold that is over at once',
    in: 'hold',
    seed: 3,
    rule: /goes back for a reason|inconclusive does not go on/,
    wrap: believing(['look'], release =>
      release.hold === undefined ? release : { ...release, hold: { ...release.hold, sinceEpochMs: 0 } },
    ),
  },
  {
    name: 'a deadline that nobody keeps',
    in: 'next-move',
    seed: 22,
    rule: /deadline|every release ends/,
    wrap: believing([], release => {
      const { admission } = release;
      if (admission === undefined) return release;
      return { ...release, admission: { ...admission, deadlineEpochMs: admission.deadlineEpochMs + 86_400_000 } };
    }),
  },
  {
    name: 'a deadline that comes too soon',
    in: 'next-move',
    seed: 22,
    rule: /goes back for a reason/,
    wrap: believing(['look'], release => {
      const { admission } = release;
      if (admission === undefined) return release;
      return { ...release, admission: { ...admission, deadlineEpochMs: admission.deadlineEpochMs - 1_800_000 } };
    }),
  },
];

function onlyNewest(count: number) {
  return withPort('ledger', [], ledger => ({
    async windowsFrom(releaseId, from) {
      const windows = await ledger.windowsFrom(releaseId, from);
      const newestFirst = windows.toSorted((a, b) => b.startEpochMs - a.startEpochMs);
      return newestFirst.map((record, index) => (index < count ? record : forgiven(record)));
    },
  }));
}

function forgiven(record: WindowRecord): WindowRecord {
  const { reading } = record;
  if (reading.kind !== 'counts' || reading.canary === null) return record;
  return { ...record, reading: { ...reading, canary: { ...reading.canary, bad: [0] } } };
}

function withoutFailures(one: MetricReading): MetricReading {
  const { reading } = one;
  if (reading.kind !== 'counts' || reading.canary === null) return one;
  return { ...one, reading: { ...reading, canary: { ...reading.canary, bad: [0] } } };
}

function exchanged(one: MetricReading): MetricReading {
  const { reading } = one;
  if (reading.kind !== 'counts') return one;
  return { ...one, reading: { ...reading, canary: reading.stable, stable: reading.canary } };
}
