import { describe, expect, it } from 'vitest';
import { type Drawn, picture } from '../../cli/backtest-picture.ts';
import { referenceReplay } from '../../domain/replay/reference-replay.ts';
import { drawn, type Quadruple, releaseOf } from '../domain/replay/releases.ts';

const MINUTE = 60_000;
/** Panels are 818 wide from 78 on. */
const placeOf = (minutes: number, lastMinutes: number) => Number((78 + (minutes / lastMinutes) * 818).toFixed(1));
const verticals = (svg: string) =>
  [...svg.matchAll(/<line class="decision[^"]*" x1="([\d.]+)" x2="\1"/g)].map(([, at]) => Number(at));

/** A release that began at `startedAtEpochMs`, and is rolled back at the end of the given minute. */
const takenBack = (release: string, startedAtEpochMs: number, minute: number, more: Partial<Drawn> = {}): Drawn => {
  const points = [1, 2, 3, 4, 5, 6].map(n => ({
    ...{ endEpochMs: startedAtEpochMs + n * MINUTE, value: (100 * n) / minute, limit: 100 },
  }));
  return {
    ...{ release, judge: 'plan', verdict: 'degraded', because: '', excessBad: 1, startedAtEpochMs },
    decision: { metric: 'errors', window: minute, endEpochMs: startedAtEpochMs + minute * MINUTE },
    evidence: [{ title: 'ln E', points: points.map(point => ({ ...point, limit: 6 })) }],
    nearness: { title: 'evidence, per cent of what rolls back', points },
    ...more,
  };
};

describe('several releases in one picture', () => {
  it('have a line where the judge acts, each in its own time', () => {
    const svg = picture([takenBack('a', 0, 2), takenBack('b', 9_000 * MINUTE, 5)], 2);
    expect(verticals(svg)).toEqual([placeOf(2, 6), placeOf(5, 6)]);
  });

  it('have it there where no window of the drawn line ends then', () => {
    const decision = { metric: 'slow', window: 1, endEpochMs: 2.5 * MINUTE };
    const svg = picture([takenBack('a', 0, 2, { decision }), takenBack('b', 0, 5)], 2);
    expect(verticals(svg)).toEqual([placeOf(2.5, 6), placeOf(5, 6)]);
    expect(svg).toMatch(new RegExp(`<circle class="dot" cx="${placeOf(2.5, 6)}"`));
  });

  it('have one limit, at which the judge acts, and every line that is rolled back has reached it there', () => {
    const bad = (percent: number): Quadruple => [100, percent, 1_000, 0];
    const releases = [
      { ...releaseOf({ errors: [0, 3, 4, 5].map(bad) }), name: 'faulty' },
      { ...releaseOf({ errors: [0, 0, 3, 0].map(bad) }), name: 'healthy' },
    ];
    const replays = releases.map(release => ({
      ...referenceReplay('argo').replay(release, drawn),
      startedAtEpochMs: 0,
    }));
    const svg = picture(replays, 2);
    expect(svg).toContain('>limit 100<');
    expect(replays.map(({ nearness }) => nearness?.points.map(({ value }) => Math.round(value)))).toEqual([
      [0, 33, 67, 100],
      [0, 0, 33, 33],
    ]);
  });
});
