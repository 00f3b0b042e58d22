import { expect, it } from 'vitest';
import { everyWindow, turnsOf } from '../../../domain/judges/measurements-due.ts';
import { context, frozen, MINUTE, NOON } from './records.ts';

const noData = (n: number, frozenAfterSeconds: number) =>
  frozen(
    n,
    { kind: 'noData', reason: `${frozenAfterSeconds}` },
    {
      frozenAtEpochMs: NOON + (n + 1) * MINUTE + frozenAfterSeconds * 1000,
    },
  );
const soon = context({ nowEpochMs: NOON + MINUTE });

it('nothing is due before the canary has traffic', () => {
  expect(
    turnsOf([noData(0, 100)], context({ analysisStartedAtEpochMs: undefined }), {
      initialDelaySeconds: 0,
      intervalSeconds: 60,
    }),
  ).toEqual([]);
});

it('of a window that is there twice the one that froze first is judged, in whatever order they come', () => {
  const [first, second] = [noData(0, 90), noData(0, 100)];
  expect(turnsOf([first, second], soon, everyWindow(soon))).toEqual([{ kind: 'window', record: first }]);
  expect(turnsOf([second, first], soon, everyWindow(soon))).toEqual([{ kind: 'window', record: first }]);
});
