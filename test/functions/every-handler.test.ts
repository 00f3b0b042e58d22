import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type AllDeps, makeHandlers } from '../../functions/lambda/handlers.ts';
import type { Line } from '../support/ledger-lines.ts';
import { named, openFakes } from './fakes.ts';
import { allCases as handlerCases, inputOf, releaseCases, rollBackCases } from './handler-cases.ts';

describe('the handlers', () => {
  it('of the lab are the files of functions/, so that a new one cannot be forgotten', async () => {
    const files = await readdir(new URL('../../functions', import.meta.url), { withFileTypes: true });
    const names = files.filter(file => file.isFile()).map(file => file.name.replace(/\.ts$/, ''));
    expect(Object.keys(makeHandlers({} as AllDeps)).sort()).toEqual(names.sort());
  });

  it('are all here: each has a case in which it has something to do', () => {
    expect(handlerCases.map(handlerCase => handlerCase.name).sort()).toEqual(
      Object.keys(makeHandlers({} as AllDeps)).sort(),
    );
  });
});

describe('the tests of handlers', () => {
  it('run them on fakes: what asks the lab stands in test/custom-resources, test/runtime or beside its adapter', async () => {
    const files = (await readdir(new URL('.', import.meta.url), { recursive: true })).filter(file =>
      file.endsWith('.ts'),
    );
    expect(files.length).toBeGreaterThan(40);
    const texts = await Promise.all(
      files.map(async file => ({ file, text: await readFile(new URL(file, import.meta.url), 'utf8') })),
    );
    const asks = texts.filter(({ text }) => /from '(?:\.\.\/)+(?:test\/)?lab\//.test(text));
    expect(asks.map(({ file }) => file)).toEqual([]);
  });
});

describe.each(handlerCases)('$name', handlerCase => {
  it('run twice leaves the world and the ledger as run once', async () => {
    // Prepare
    const fakes = await handlerCase.open();
    const input = await inputOf(handlerCase, fakes);
    const untouched = await fakes.everything();
    // Act
    await fakes.run(handlerCase.name, input);
    const once = await fakes.everything();
    await fakes.run(handlerCase.name, input);
    // Assess
    expect(await fakes.everything()).toEqual(once);
    if (!['audit', 'status', 'verify-traffic', 'look'].includes(handlerCase.name.replace(/-in-cluster$/, '')))
      expect(once).not.toEqual(untouched);
  });

  it('reads again and thinks again where somebody else appended first', async () => {
    // Prepare
    const alone = await handlerCase.open();
    const raced = await handlerCase.open();
    await alone.run(handlerCase.name, await inputOf(handlerCase, alone));
    const { active } = await raced.ledger.read('shop');
    raced.ledger.quicker =
      active === undefined
        ? undefined // nobody else can write of a release that is not there: see the operations' own tests
        : {
            releaseId: active.releaseId,
            atEpochMs: raced.clock.now(),
            by: 'somebody',
            fact: { kind: 'resumed' },
          };
    // Act
    await raced.run(handlerCase.name, await inputOf(handlerCase, raced));
    raced.ledger.quicker = undefined;
    // Assess: the same facts, and between them what the other wrote
    const mine = (await raced.ledger.entries('shop')).filter(entry => entry.by !== 'somebody').map(entry => entry.fact);
    expect(mine).toEqual(await alone.facts());
  });

  it.each([
    ['null', null],
    ['an empty object', {}],
    ['a text', 'shop-1'],
    ['a release id that is none', { releaseId: 'shop', run: 1, attempt: 1, by: 'ann', because: 'x', groups: [] }],
    ['numbers where names belong', { releaseId: 7, run: 'one', workload: 7, image: 7, by: 7 }],
  ])('refuses %s as bad input, and touches nothing', async (_, input) => {
    const fakes = await handlerCase.open();
    if (handlerCase.name === 'status' && JSON.stringify(input) === '{}') return; // asks for the names of all workloads
    const untouched = await fakes.everything();
    await expect(fakes.run(handlerCase.name, input)).rejects.toMatchObject(
      named('BadInputError', new RegExp(`^${handlerCase.name}: `)),
    );
    expect(await fakes.everything()).toEqual(untouched);
  });

  it('logs what it wrote with workload, release and seq, and with its own name', async () => {
    const fakes = await handlerCase.open();
    const before = (await fakes.ledger.read('shop')).seq;
    const logged = fakes.lines.length;
    await fakes.run(handlerCase.name, await inputOf(handlerCase, fakes));
    const appended = fakes.lines.slice(logged).filter(({ message }) => String(message).startsWith('appended'));
    const entries = await fakes.ledger.entries('shop', before);
    expect(appended).toMatchObject(
      entries.map(({ seq, fact, releaseId }) => ({
        message: `appended ${fact.kind}`,
        function: handlerCase.name,
        workload: 'shop',
        release: releaseId,
        seq,
      })),
    );
  });
});

describe.each(releaseCases)('$name of an execution that is stale', handlerCase => {
  const stale: [string, Line[], RegExp][] = [
    [
      'because the next run has begun',
      [[200, { kind: 'runClaimed', run: 2 }]],
      /^run 1 of shop-1 was followed by run 2$/,
    ],
    [
      'because the release goes back',
      [[200, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'no' }]],
      /^shop-1 is rolling back \(aborted\)$/,
    ],
    [
      'because the release is over',
      [[200, { kind: 'closed', outcome: 'rejected', because: 'no' }]],
      /^shop-1 is not the active release$/,
    ],
  ];
  it.each(stale)('does nothing, %s', async (_, ledgerLines, because) => {
    // Prepare
    const fakes = await handlerCase.open();
    await fakes.tell(...ledgerLines);
    const untouched = await fakes.everything();
    // Act
    const done = fakes.run(handlerCase.name, await inputOf(handlerCase, fakes));
    // Assess
    await expect(done).rejects.toMatchObject(named('StaleExecutionError', because));
    expect(await fakes.everything()).toEqual(untouched);
  });
});

describe.each(rollBackCases)('$name of an attempt that is stale', handlerCase => {
  const stale: [string, Line[], RegExp][] = [
    [
      'because the next attempt has begun',
      [[200, { kind: 'rollBackClaimed', attempt: 2, reason: 'degraded', because: 'no' }]],
      /^attempt 1 to take shop-1 back is not the newest \(2\)$/,
    ],
    [
      'because the release is over',
      [[200, { kind: 'closed', outcome: 'rolledBack', because: 'no' }]],
      /^shop-1 is not the active release$/,
    ],
  ];
  it.each(stale)('does nothing, %s', async (_, ledgerLines, because) => {
    const fakes = await handlerCase.open();
    await fakes.tell(...ledgerLines);
    const untouched = await fakes.everything();
    const done = fakes.run(handlerCase.name, await inputOf(handlerCase, fakes));
    await expect(done).rejects.toMatchObject(named('StaleExecutionError', because));
    expect(await fakes.everything()).toEqual(untouched);
  });
});

it('a handler that loses again and again gives up to the retries of its state machine', async () => {
  const fakes = await openFakes();
  await fakes.admitted();
  const { append } = fakes.ledger;
  let tries = 0;
  fakes.ledger.append = async (workload, after, line) => {
    tries += 1;
    await append.call(fakes.ledger, workload, after, {
      ...line,
      by: `somebody ${tries}`,
      fact: { kind: 'canaryIntended', slot: 'green', revision: 'new' },
    });
    return append.call(fakes.ledger, workload, after, line);
  };
  await expect(fakes.run('soak', { releaseId: 'shop-1', run: 1 })).rejects.toMatchObject(named('LedgerConflictError'));
  expect(tries).toBe(6);
});
