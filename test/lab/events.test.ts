import { expect, it, vi } from 'vitest';
import { openLabClock } from '../../lab/clock.ts';
import { openEvents } from '../../lab/events.ts';

/** A minute takes 10 ms. */
const clock = openLabClock({ startEpochMs: Date.now(), compress: 6_000 });

function open(call: (name: string, event: object) => Promise<unknown>) {
  const faults: string[] = [];
  const events = openEvents({ clock, call, onFault: fault => faults.push(fault) });
  return { events, faults };
}

it('an event that a function fails on is delivered again, twice, and is a dead letter then', async () => {
  const call = vi.fn(async (_: string, event: object) => {
    if ('broken' in event) throw new Error('it is broken');
    if (call.mock.calls.length < 3) throw new Error('not yet');
  });
  const { events, faults } = open(call);
  events.send('look', { number: 1 });
  await vi.waitUntil(() => call.mock.calls.length >= 3);
  events.send('look', { broken: true });
  await vi.waitUntil(() => faults.length > 0);
  expect(faults).toEqual(['look failed every time: Error: it is broken']);
  expect(call).toHaveBeenCalledTimes(6);
  await events.close();
});

it('a schedule goes on after a failure, and ends when the lab does', async () => {
  const call = vi.fn(async () => {
    if (call.mock.calls.length === 1) throw new Error('once');
  });
  const { events, faults } = open(call);
  events.schedule('reconcile', 60);
  await vi.waitUntil(() => call.mock.calls.length >= 3);
  await events.close();
  const calls = call.mock.calls.length;
  events.send('reconcile', {});
  await events.close();
  expect(call).toHaveBeenCalledTimes(calls);
  expect(faults).toEqual(['reconcile failed: Error: once']);
});
