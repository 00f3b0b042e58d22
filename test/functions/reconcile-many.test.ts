import { describe, expect, it } from 'vitest';
import { ExecutionsUnreachableError } from '../../adapters/executions/executions.ts';
import { ImageRegistryUnreachableError, TooManyImagesError } from '../../adapters/images/image-registry.ts';
import { overriding } from '../../adapters/overriding.ts';
import type { ReconcileDeps } from '../../application/events/reconcile.ts';
import { makeHandler } from '../../functions/reconcile.ts';
import { at, imageOf, planOf, requested, shop } from '../support/ledger-lines.ts';
import { named, openFakes } from './fakes.ts';
import { scheduled } from './handler-cases.ts';

const nameOf = (index: number) => `w${String(index).padStart(3, '0')}`;
const throttling = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

/** A call is about a workload or an execution by its name, or about a repository that has one. */
const nameIn = (of: unknown): string =>
  typeof of === 'object' && of !== null && 'name' in of ? String(of.name) : String(of);

/**
 * So many workloads beside `shop`, each registered with a repository of its own; the first `open` of them have a release whose
 * execution runs. Counts what the ports are asked.
 * @param callMs what every call takes on the clock
 */
async function openMany({ workloads, open = 0, callMs = 0 }: { workloads: number; open?: number; callMs?: number }) {
  const fakes = await openFakes();
  await fakes.workloads.remove('shop');
  for (let index = 0; index < workloads; index += 1) {
    const name = nameOf(index);
    const workload = { ...shop, name, repositories: [{ name, tags: 'v*' as const }] };
    const plan = planOf({ workload: name });
    await fakes.workloads.register({ workload, plan, registeredAtEpochMs: at(0) });
    fakes.images.push({ repository: name, tag: 'v1', digest: imageOf('1').digest, atEpochMs: at(-600) });
    if (index >= open) continue;
    const releaseId = `${name}-1`;
    const line = { releaseId, atEpochMs: at(0), by: 'ann' };
    const state = await fakes.ledger.append(name, await fakes.ledger.read(name), {
      ...line,
      fact: requested({ workload, plan }),
    });
    await fakes.ledger.append(name, state, { ...line, fact: { kind: 'runClaimed', run: 1 } });
    await fakes.executions.start('release', `${releaseId}-1`, { releaseId, run: 1 });
  }
  const calls: { what: string; of: string }[] = [];
  const counted = <Port extends object>(port: Port, name: string): Port =>
    new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          calls.push({ what: `${name}.${String(key)}`, of: nameIn(args[name === 'executions' ? 1 : 0]) });
          fakes.clock.epochMs += callMs;
          return Reflect.apply(method, target, args);
        };
      },
    });
  const pauses: number[] = [];
  let ports: Pick<ReconcileDeps, 'ledger' | 'workloads' | 'images' | 'executions'> = {
    ledger: counted(fakes.ledger, 'ledger'),
    workloads: counted(fakes.workloads, 'workloads'),
    images: counted(fakes.images, 'images'),
    executions: counted(fakes.executions, 'executions'),
  };
  const pause = async (ms: number) => void pauses.push(ms);
  const deps = { ...fakes.deps, ...ports, pause };
  let handler = makeHandler(deps);
  return {
    ...fakes,
    pauses,
    /** One pass of a process that goes on; what it asked is counted anew. */
    async pass(): Promise<{ counts: Record<string, number>; of(what: string): string[]; answer: unknown }> {
      calls.length = 0;
      const answer = await handler(scheduled).catch((error: unknown) => error);
      const counts: Record<string, number> = {};
      for (const { what } of calls) counts[what] = (counts[what] ?? 0) + 1;
      const asked = [...calls];
      return { counts, of: what => asked.filter(call => call.what === what).map(call => call.of), answer };
    },
    /** The next process begins: what the one before remembered is gone. */
    restart(more: Partial<typeof ports> = {}) {
      ports = { ...ports, ...more };
      handler = makeHandler({ ...deps, ...ports });
    },
  };
}

describe('the reconciler of many workloads', () => {
  it('reads no log of a workload at rest, but for once an hour, and looks for pushes every fifth minute of each', async () => {
    const many = await openMany({ workloads: 40 });
    const first = await many.pass();
    expect(first.counts).toEqual({
      'ledger.listOpen': 1,
      'workloads.readAll': 1,
      'images.listTagged': 40,
      'ledger.read': 40,
    });
    const looks = new Map<string, number>();
    let [logs, lists] = [0, 0];
    for (let minute = 1; minute <= 60; minute += 1) {
      many.wait(minute * 60);
      const { counts, of } = await many.pass();
      // spread: a fifth of them are eight
      expect(counts['images.listTagged'] ?? 0, `minute ${minute}`).toBeLessThanOrEqual(16);
      for (const repository of of('images.listTagged')) looks.set(repository, (looks.get(repository) ?? 0) + 1);
      logs += counts['ledger.read'] ?? 0;
      lists += counts['workloads.readAll'] ?? 0;
      expect(counts['executions.describe']).toBeUndefined();
    }
    expect([...looks.values()]).toEqual(Array(40).fill(12));
    expect(logs).toBe(40);
    expect(lists).toBe(12);
  });

  it('sees to each open release every minute, with one read of its log and one question about its execution', async () => {
    const many = await openMany({ workloads: 40, open: 10 });
    await many.pass();
    const opened = Array.from({ length: 10 }, (_, index) => nameOf(index));
    for (let minute = 1; minute <= 6; minute += 1) {
      many.wait(minute * 60);
      const { counts, of } = await many.pass();
      // and of those at rest whose hour has come
      expect(
        of('ledger.read')
          .filter(name => opened.includes(name))
          .sort(),
      ).toEqual(opened);
      expect(counts['executions.describe']).toBe(10);
    }
  });

  it('finds a dead execution and a lost push within its period, whoever else has a release', async () => {
    const many = await openMany({ workloads: 40, open: 10 });
    await many.pass();
    many.executions.end('release', 'w003-1-1', 'FAILED');
    many.wait(60);
    expect((await many.pass()).answer).toEqual([{ workload: 'w003', release: { kind: 'goesBack', attempt: 1 } }]);
    many.images.push({ repository: 'w020', tag: 'v2', digest: imageOf('2').digest, atEpochMs: at(61) });
    const answers: unknown[] = [];
    for (let minute = 2; minute <= 7; minute += 1) {
      many.wait(minute * 60);
      answers.push(...((await many.pass()).answer as { workload: string }[]));
    }
    expect(answers).toContainEqual({
      workload: 'w020',
      push: { workload: 'w020', kind: 'started', releaseId: 'w020-1' },
    });
  });

  it('takes a push by the plan that the workload has by now, and none of a workload that was removed', async () => {
    const many = await openMany({ workloads: 2 });
    await many.pass();
    const { workload } = await many.workloads.read('w000');
    const plan = planOf({ workload: 'w000', soakSeconds: 1_234 });
    await many.workloads.register({ workload, plan, registeredAtEpochMs: at(0) });
    await many.workloads.remove('w001');
    for (const repository of ['w000', 'w001']) {
      many.images.push({ repository, tag: 'v2', digest: imageOf('2').digest, atEpochMs: at(1) });
    }
    many.wait(240);
    for (let minute = 2; minute <= 4; minute += 1) {
      many.wait(minute * 60 + 10);
      await many.pass();
    }
    many.wait(299); // the list that is remembered still has both
    await many.pass();
    many.wait(400);
    await many.pass();
    expect((await many.ledger.read('w000')).active?.plan.soakSeconds).toBe(1_234);
    expect((await many.ledger.read('w001')).active).toBeUndefined();
  });

  it('begins twenty at once and then twenty a second', async () => {
    const many = await openMany({ workloads: 50, open: 50 });
    await many.pass();
    // a clock that stands still: the nth waits until its own instant; the looks for pushes come after
    expect(many.pauses.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, index) => (index + 1) * 50));
  });
});

describe('the list of open releases', () => {
  it('gets back a release that it lacks, in the first pass of a process and then within the hour', async () => {
    const many = await openMany({ workloads: 20, open: 2 });
    const forget = () => many.ledger.unmarkOpen({ workload: 'w001', seq: 1 });
    const marked = async () => (await many.ledger.listOpen()).map(({ workload }) => workload).sort();
    await forget();
    many.executions.end('release', 'w001-1-1', 'FAILED');
    expect((await many.pass()).answer).toEqual([{ workload: 'w001', release: { kind: 'goesBack', attempt: 1 } }]);
    expect(await marked()).toEqual(['w000', 'w001']);
    const mark = (await many.ledger.listOpen()).find(({ workload }) => workload === 'w001');
    await many.ledger.unmarkOpen(mark ?? { workload: '', seq: 0 });
    for (let minute = 1; minute <= 65; minute += 1) {
      many.wait(minute * 60);
      await many.pass();
    }
    expect(await marked()).toEqual(['w000', 'w001']);
  });

  it('loses a workload that is at rest, and keeps one whose opening is under way', async () => {
    const many = await openMany({ workloads: 2, open: 1 });
    const state = await many.ledger.read('w000');
    const fact = { kind: 'closed', outcome: 'rejected', because: 'no' } as const;
    await many.ledger.append('w000', state, { releaseId: 'w000-1', atEpochMs: at(1), by: 'ann', fact });
    await many.ledger.markOpen({ workload: 'w001', seq: 1 }); // its line is not there yet
    await many.pass();
    expect(await many.ledger.listOpen()).toEqual([{ workload: 'w001', seq: 1 }]);
  });

  it('is enough to see to a release whose workload is not registered any more, or not known at the moment', async () => {
    const many = await openMany({ workloads: 2, open: 2 });
    await many.workloads.remove('w000');
    many.executions.end('release', 'w000-1-1', 'FAILED');
    expect((await many.pass()).answer).toMatchObject([{ workload: 'w000', release: { kind: 'goesBack' } }]);
    many.executions.end('release', 'w001-1-1', 'FAILED');
    const away = overriding(many.deps.workloads, {
      readAll: async () => Promise.reject(new Error('the table did not answer')),
    });
    many.restart({ workloads: away });
    many.wait(60);
    expect((await many.pass()).answer).toMatchObject(
      named('PartlyFailedError', /^the list of workloads: Error: the table did not answer$/),
    );
    expect((await many.ledger.read('w001')).active?.rollBack).toMatchObject({ reason: 'fault' });
  });
});

describe('a pass for which there is no time', () => {
  it('leaves the rest for the next ones, says so, and starves nobody', async () => {
    // every call takes 400 ms, one after the other on this clock: some thirty releases are all that a pass has time for
    const many = await openMany({ workloads: 100, open: 100, callMs: 400 });
    const seen = new Map<string, number[]>();
    for (let minute = 1; minute <= 20; minute += 1) {
      many.wait(minute * 60);
      const { of, answer } = await many.pass();
      const asked = of('executions.describe');
      expect(asked.length).toBeLessThan(60);
      expect(answer).toMatchObject(
        named('PartlyFailedError', /^no time was left for \d+ open releases and \d+ looks for pushes: they are first/),
      );
      for (const name of asked) seen.set(name, [...(seen.get(name) ?? []), minute]);
    }
    expect(seen.size).toBe(100);
    for (const [name, minutes] of seen) {
      const gaps = minutes.map((minute, index) => minute - (minutes[index - 1] ?? 0));
      expect(Math.max(...gaps), name).toBeLessThanOrEqual(5);
    }
  });

  it('starves nobody where each pass is another process, which remembers nothing', async () => {
    const many = await openMany({ workloads: 60, open: 60, callMs: 400 });
    const seen = new Set<string>();
    for (let minute = 1; minute <= 30; minute += 1) {
      many.wait(minute * 60);
      many.restart();
      for (const name of (await many.pass()).of('executions.describe')) seen.add(name);
    }
    expect(seen.size).toBe(60);
  });

  it('looks for some pushes however long the open releases take', async () => {
    const many = await openMany({ workloads: 100, open: 100, callMs: 400 });
    const looked = new Set<string>();
    for (let minute = 1; minute <= 40; minute += 1) {
      many.wait(minute * 60);
      for (const name of (await many.pass()).of('images.listTagged')) looked.add(name);
    }
    expect(looked.size).toBe(100);
  });
});

it('a repository with more images than can be looked through is said once a day, and takes nothing from the others', async () => {
  const many = await openMany({ workloads: 3 });
  const images = overriding(many.deps.images, {
    async listTagged(repository) {
      if (repository.name === 'w001') throw new TooManyImagesError('w001 has more than 20000 images with a tag');
      return many.images.listTagged(repository);
    },
  });
  many.restart({ images });
  for (let minute = 0; minute < 1_500; minute += 5) {
    many.wait(minute * 60);
    expect((await many.pass()).answer).toEqual([]);
  }
  expect(many.notifier.notices.map(({ message }) => JSON.parse(message).because)).toEqual(
    Array(2).fill('a push of w001 whose event is lost will not be found: w001 has more than 20000 images with a tag'),
  );
});

describe('a service that throttles', () => {
  it('is asked by one at a time for the rest of the pass, and the next pass tries again who was refused', async () => {
    const many = await openMany({ workloads: 60 });
    await many.pass();
    const asked: string[] = [];
    let [onTheirWay, isAlone, most] = [0, false, 0];
    const images = overriding(many.deps.images, {
      async listTagged(repository) {
        asked.push(repository.name);
        const refused = asked[0] === repository.name;
        // those that were on their way when the first was refused come to their end
        if (asked.length > 16 && onTheirWay === 0) isAlone = true;
        onTheirWay += 1;
        if (isAlone) most = Math.max(most, onTheirWay);
        await new Promise(resolve => setImmediate(resolve));
        onTheirWay -= 1;
        const because = 'ECR did not answer: ThrottlingException: Rate exceeded';
        if (refused) throw new ImageRegistryUnreachableError(because, { cause: throttling });
        return many.images.listTagged(repository);
      },
    });
    many.restart({ images });
    many.wait(60);
    const { answer } = await many.pass();
    expect(new Set(asked).size).toBe(60);
    expect(most).toBe(1);
    const [refused = ''] = asked;
    expect(answer).toMatchObject(named('PartlyFailedError', new RegExp(`^${refused}: ThrottledError: ECR did not`)));
    expect(many.lines.map(({ message }) => message)).toContain(
      'throttled: one workload at a time for the rest of this pass',
    );
    many.wait(120);
    await many.pass();
    expect(asked.slice(60)).toContain(refused); // and not at its next turn in five minutes
  });

  it('keeps nobody from being called: a release waits long, and its execution cannot be asked for', async () => {
    const many = await openMany({ workloads: 3, open: 3 });
    const executions = overriding(many.deps.executions, {
      async describe(machine, name) {
        if (name.startsWith('w001')) throw new ExecutionsUnreachableError('DescribeExecution', { cause: throttling });
        return many.executions.describe(machine, name);
      },
    });
    many.restart({ executions });
    many.wait(3_600);
    expect((await many.pass()).answer).toMatchObject(named('PartlyFailedError', /^w001: ThrottledError/));
    const told = many.notifier.notices.map(({ subject }) => subject).filter(subject => /-1:/.test(subject));
    expect(told.sort()).toEqual(['w000-1: needs a person', 'w001-1: needs a person', 'w002-1: needs a person']);
  });
});
