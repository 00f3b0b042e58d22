import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { callsTo, WorkerEndedError } from '../../lab/worker-calls.ts';

const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map(worker => worker.terminate()));
});

/** A worker of `answerCalls` with the methods that the text gives. */
function open(methods: string) {
  const module = new URL('../../lab/worker-calls.ts', import.meta.url).href;
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     import(${JSON.stringify(module)}).then(({ answerCalls }) => answerCalls(parentPort, { box: { value: 7, read() { return this.value } } }, ${methods}));`,
    { eval: true },
  );
  workers.push(worker);
  return callsTo(worker);
}

it('answers each call with its own value, whatever the order', async () => {
  const calls = open('{ after: async (ms, value) => { await new Promise(r => setTimeout(r, ms)); return value; } }');
  expect(await Promise.all([calls.call('after', 50, 'slow'), calls.call('after', 0, 'fast')])).toEqual([
    'slow',
    'fast',
  ]);
  expect(await calls.call('box.read')).toBe(7);
});

it('rejects a call with the message of what was thrown, and one to a method that is not there', async () => {
  const calls = open(`{ refuse: () => { throw new RangeError('too much'); } }`);
  await expect(calls.call('refuse')).rejects.toThrow('too much');
  await expect(calls.call('nothing')).rejects.toThrow('no method nothing');
  await expect(calls.call('nobody.read')).rejects.toThrow('no method nobody.read');
});

it('rejects what is open when the worker ends or fails, and every call after that', async () => {
  const ending = open('{ end: () => process.exit(3) }');
  await expect(ending.call('end')).rejects.toThrow(WorkerEndedError);
  await expect(ending.call('end')).rejects.toThrow(WorkerEndedError);
  const failing = open(`{ fail: () => new Promise(() => setTimeout(() => { throw new Error('broken'); })) }`);
  await expect(failing.call('fail')).rejects.toThrow('the worker failed: Error: broken');
});
