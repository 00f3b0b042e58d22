import { expect, it } from 'vitest';
import { drainSeconds } from '../../../domain/release/draining.ts';

it.each([
  ['what is in flight ends, and every part of the load balancer has heard of it', 30, 0, 900, 150],
  ['clients with a cookie leave', 30, 600, 900, 750],
  ['clients with a cookie for days leave after maxDrain', 30, 604_800, 900, 1_050],
  ['nobody waits for cookies where maxDrain is 0', 300, 604_800, 0, 420],
  ['120 s are never left out', 0, 0, 0, 120],
])('a slot keeps its pods until %s', (_, connectionsSeconds, clientsSeconds, maxDrainSeconds, seconds) => {
  expect(drainSeconds({ connectionsSeconds, clientsSeconds }, maxDrainSeconds)).toBe(seconds);
});
