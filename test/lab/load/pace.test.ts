import { expect, it } from 'vitest';
import { openPace } from '../../../lab/load/pace.ts';

it('sends request i at start + i / rate, however the ticks fall', () => {
  const pace = openPace(300, 1000);
  const sentBy = (untilMs: number, stepMs: number) => {
    let sent = 0;
    for (let at = 1000 + stepMs; at <= untilMs; at += stepMs) sent += pace.due(at).count;
    return sent;
  };
  expect(sentBy(2000, 1)).toBe(300);
});

it('catches up after a stall at twice the rate, in no burst, and drops nothing', () => {
  // Prepare: 1,000 a second, on time for 100 ms, then nothing for 500 ms
  const pace = openPace(1000, 0);
  let sent = 0;
  for (let at = 1; at <= 100; at += 1) sent += pace.due(at).count;
  // Act
  const first = pace.due(600);
  sent += first.count;
  const counts: number[] = [];
  for (let at = 601; at <= 1100; at += 1) counts.push(pace.due(at).count);
  sent += counts.reduce((sum, count) => sum + count, 0);
  // Assess: a tick of 500 ms counts as one of 20 ms, so 2 x 20; the first of them was due at 101
  expect(first).toEqual({ count: 40, lateMs: 499 });
  expect(Math.max(...counts)).toBe(2);
  // 460 behind at 600, one made good each millisecond
  expect(counts.indexOf(1)).toBe(460);
  expect(sent).toBe(1100);
});

it('sends a slow rate too', () => {
  const pace = openPace(0.5, 0);
  expect([pace.due(1999).count, pace.due(2000).count, pace.due(2001).count, pace.due(4000).count]).toEqual([
    0, 1, 0, 1,
  ]);
});
