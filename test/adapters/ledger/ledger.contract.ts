import { describe, expect, it } from 'vitest';
import type { Ledger, NewLine } from '../../../adapters/ledger/ledger.ts';
import type { Fact } from '../../../domain/ledger/facts.ts';
import { emptyState, type WorkloadState } from '../../../domain/ledger/state.ts';
import { LEDGER_VERSION } from '../../../domain/ledger/versions.ts';
import type { Reading, WindowRecord } from '../../../domain/windows/reading.ts';
import { at, NOON, planOf, requested, shop } from '../../support/ledger-lines.ts';

export const named = (name: string) => expect.objectContaining({ name });

export const line = (fact: Fact, more: Partial<NewLine> = {}): NewLine => ({
  releaseId: 'shop-1',
  atEpochMs: NOON,
  by: 'ann',
  fact,
  ...more,
});

/** Requests shop-1 and appends `runs` lines about it. */
export async function filled(ledger: Ledger, runs: number): Promise<WorkloadState> {
  let state = await ledger.append('shop', await ledger.read('shop'), line(requested()));
  for (let run = 1; run <= runs; run += 1)
    state = await ledger.append('shop', state, line({ kind: 'runClaimed', run }));
  return state;
}

const window = (more: Partial<WindowRecord> = {}): WindowRecord => ({
  metric: 'errors',
  startEpochMs: at(0),
  endEpochMs: at(60),
  reading: { kind: 'counts', canary: { requests: 100, bad: [1] }, stable: null },
  readAtEpochMs: at(150),
  straddles: false,
  ...more,
});

/** All ledgers keep this. */
export const keepsLedgerContract = (open: () => Promise<Ledger>) => {
  describe('a log', () => {
    it('that nobody has written to is empty', async () => {
      const ledger = await open();
      expect(await ledger.read('shop')).toEqual(emptyState());
      expect(await ledger.entries('shop')).toEqual([]);
    });

    it('takes a line after the newest, and answers what it reads then', async () => {
      const ledger = await open();
      const answered = await filled(ledger, 2);
      const read = await ledger.read('shop');
      expect(answered).toEqual(read);
      expect(read).toMatchObject({ seq: 3, active: { releaseId: 'shop-1', run: 2 } });
    });

    it('is told line by line, oldest first, from where one was', async () => {
      const ledger = await open();
      await filled(ledger, 2);
      const all = await ledger.entries('shop');
      expect(all.map(entry => entry.seq)).toEqual([1, 2, 3]);
      expect(all[1]).toEqual({
        ...line({ kind: 'runClaimed', run: 1 }),
        version: LEDGER_VERSION,
        seq: 2,
        previousHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect((await ledger.entries('shop', 2)).map(entry => entry.seq)).toEqual([3]);
      expect(await ledger.entries('shop', 3)).toEqual([]);
    });

    it('is one per workload, also where the name of one begins like another', async () => {
      const ledger = await open();
      await filled(ledger, 0);
      expect(await ledger.read('shop-2')).toEqual(emptyState());
      expect(await ledger.read('sho')).toEqual(emptyState());
    });

    it('keeps what it was given, whatever becomes of that', async () => {
      const ledger = await open();
      const fact = { kind: 'held', because: 'too little', fault: false } as Fact & { kind: 'held' };
      const state = await ledger.append('shop', await filled(ledger, 0), line(fact));
      fact.because = 'changed afterwards';
      Object.assign(state, { releases: 99 });
      expect(await ledger.read('shop')).toMatchObject({ releases: 1, active: { hold: { because: 'too little' } } });
    });
  });

  describe('of two who append at once', () => {
    const claim = (run: number) => line({ kind: 'runClaimed', run }, { by: `handler ${run}` });

    it('exactly one wins, and the others hear that they lost', async () => {
      const ledger = await open();
      const state = await filled(ledger, 0);
      // Act
      const tries = await Promise.allSettled([1, 2, 3, 4, 5].map(run => ledger.append('shop', state, claim(run))));
      // Assess
      const won = tries.flatMap((tried, i) => (tried.status === 'fulfilled' ? [i + 1] : []));
      const lost = tries.flatMap(tried => (tried.status === 'rejected' ? [tried.reason] : []));
      expect(won).toHaveLength(1);
      expect(lost).toEqual(Array.from({ length: 4 }, () => named('LedgerConflictError')));
      expect(await ledger.read('shop')).toMatchObject({ seq: 2, active: { run: won[0] } });
    });

    it('the one whose state is old has lost, however old it is', async () => {
      const ledger = await open();
      const old = await filled(ledger, 0);
      await ledger.append('shop', await ledger.append('shop', old, claim(1)), claim(2));
      await expect(ledger.append('shop', old, claim(3))).rejects.toEqual(named('LedgerConflictError'));
      expect(await ledger.entries('shop')).toHaveLength(3);
    });

    it('the very same line is one line: a try that is repeated because its answer was lost has not lost', async () => {
      const ledger = await open();
      const state = await filled(ledger, 0);
      const first = await ledger.append('shop', state, claim(1));
      const second = await ledger.append('shop', state, claim(1));
      expect(second).toEqual(first);
      expect(await ledger.entries('shop')).toHaveLength(2);
    });
  });

  describe('the list of open releases', () => {
    const closed = line({ kind: 'closed', outcome: 'rejected', because: 'no' });

    it('has a workload from the line that opens a release on, and once', async () => {
      const ledger = await open();
      expect(await ledger.listOpen()).toEqual([]);
      const state = await filled(ledger, 2);
      const waiting = await ledger.append('shop', state, line(requested(), { releaseId: 'shop-2' }));
      const mark = { workload: 'shop', seq: 1 };
      expect(await ledger.listOpen()).toEqual([mark]);
      await ledger.append('shop', waiting, closed); // the one that waited is open now
      expect(await ledger.listOpen()).toEqual([mark]);
    });

    it('lacks one whose mark was taken away, until the next release is opened', async () => {
      const ledger = await open();
      const rest = await ledger.append('shop', await filled(ledger, 0), closed);
      await ledger.unmarkOpen({ workload: 'shop', seq: 1 });
      await ledger.unmarkOpen({ workload: 'shop', seq: 1 });
      expect(await ledger.listOpen()).toEqual([]);
      await ledger.append('shop', rest, line(requested(), { releaseId: 'shop-2' }));
      expect(await ledger.listOpen()).toEqual([{ workload: 'shop', seq: 3 }]);
    });

    it('keeps the newer mark, whoever comes late to take an older one away or to put one', async () => {
      const ledger = await open();
      await ledger.markOpen({ workload: 'shop', seq: 7 });
      await ledger.markOpen({ workload: 'shop', seq: 3 });
      await ledger.unmarkOpen({ workload: 'shop', seq: 3 });
      expect(await ledger.listOpen()).toEqual([{ workload: 'shop', seq: 7 }]);
      await ledger.markOpen({ workload: 'shop', seq: 8 });
      await ledger.unmarkOpen({ workload: 'shop', seq: 7 });
      expect(await ledger.listOpen()).toEqual([{ workload: 'shop', seq: 8 }]);
    });

    it('has those of all workloads', async () => {
      const ledger = await open();
      for (const name of ['shop', 'api']) {
        await ledger.append(
          name,
          await ledger.read(name),
          line(requested({ workload: { ...shop, name } }), { releaseId: `${name}-1` }),
        );
      }
      expect((await ledger.listOpen()).map(({ workload }) => workload).sort()).toEqual(['api', 'shop']);
    });
  });

  describe('a line of a newer version of Sluice', () => {
    const newer = (more: object = {}) =>
      line({ kind: 'weighed', grams: 7 } as never, { version: 9, ...more } as Partial<NewLine>);

    it('is kept as it is, passed over, and its chain holds', async () => {
      const ledger = await open();
      const state = await ledger.append('shop', await filled(ledger, 1), newer());
      const next = await ledger.append('shop', state, line({ kind: 'runClaimed', run: 2 }));
      expect(await ledger.read('shop')).toEqual(next);
      expect(next).toMatchObject({ seq: 4, active: { run: 2 }, passedOverSeq: 3 });
      expect((await ledger.entries('shop'))[2]).toMatchObject({ fact: { kind: 'weighed', grams: 7 } });
    });
  });

  describe('a fact that does not fit', () => {
    const strange = line({ kind: 'runClaimed', run: 1 }, { releaseId: 'shop-9' });

    it('is never written', async () => {
      const ledger = await open();
      const state = await filled(ledger, 0);
      await expect(ledger.append('shop', state, strange)).rejects.toEqual(named('LedgerBrokenError'));
      expect(await ledger.entries('shop')).toHaveLength(1);
    });

    it("is the caller's mistake also where somebody else was first: reading again would not mend it", async () => {
      const ledger = await open();
      const state = await filled(ledger, 0);
      await ledger.append('shop', state, line({ kind: 'runClaimed', run: 1 }));
      await expect(ledger.append('shop', state, strange)).rejects.toEqual(named('LedgerBrokenError'));
    });

    it('to a state that has gone on is a lost race and no mistake where it fitted the state that the caller had', async () => {
      const ledger = await open();
      const state = await filled(ledger, 0);
      await ledger.append('shop', state, line({ kind: 'closed', outcome: 'rejected', because: 'no' }));
      const late = ledger.append('shop', state, line({ kind: 'runClaimed', run: 1 }));
      await expect(late).rejects.toEqual(named('LedgerConflictError'));
    });
  });

  describe('a window', () => {
    const frozen = window({ frozenAtEpochMs: at(160) });
    const other: Reading = { kind: 'counts', canary: { requests: 100, bad: [90] }, stable: null };

    it('that was put is there, of its release only', async () => {
      const ledger = await open();
      const later = window({ startEpochMs: at(60), endEpochMs: at(120) });
      const slow = window({ metric: 'slow' });
      for (const record of [window(), later, slow]) await ledger.putWindow('shop-1', record);
      const windows = await ledger.windows('shop-1');
      expect(windows).toHaveLength(3);
      expect(windows).toEqual(expect.arrayContaining([window(), later, slow]));
      expect(await ledger.windows('shop-2')).toEqual([]);
      expect(await ledger.windows('shop-11')).toEqual([]);
    });

    it('put twice is there once', async () => {
      const ledger = await open();
      for (const record of [window(), window(), frozen, frozen]) await ledger.putWindow('shop-1', record);
      expect(await ledger.windows('shop-1')).toEqual([frozen]);
    });

    it('may change until it is frozen', async () => {
      const ledger = await open();
      await ledger.putWindow('shop-1', window());
      await ledger.putWindow('shop-1', window({ reading: other, readAtEpochMs: at(155) }));
      expect(await ledger.windows('shop-1')).toEqual([window({ reading: other, readAtEpochMs: at(155) })]);
    });

    it.each<[string, WindowRecord]>([
      ['thawed', window()],
      ['frozen at another instant', window({ frozenAtEpochMs: at(170) })],
      ['given other counts', window({ frozenAtEpochMs: at(160), reading: other })],
      ['taken out of the judgement', window({ frozenAtEpochMs: at(160), straddles: true })],
    ])('that is frozen is never %s, and whoever tries hears nothing bad', async (_, record) => {
      const ledger = await open();
      await ledger.putWindow('shop-1', frozen);
      await ledger.putWindow('shop-1', record);
      expect(await ledger.windows('shop-1')).toEqual([frozen]);
    });

    it('that is frozen takes down what its source said later, and again', async () => {
      const ledger = await open();
      const none = { kind: 'noData', reason: 'gone' } as const;
      for (const record of [frozen, { ...frozen, laterReading: other }, { ...frozen, laterReading: none }]) {
        await ledger.putWindow('shop-1', record);
      }
      expect(await ledger.windows('shop-1')).toEqual([{ ...frozen, laterReading: none }]);
    });
  });

  describe('windows of one metric', () => {
    const minute = (n: number, metric = 'errors') =>
      window({ metric, startEpochMs: at(60 * n), endEpochMs: at(60 * n + 60) });
    const startsOf = (windows: WindowRecord[]) => windows.map(({ startEpochMs }) => startEpochMs);

    it('are told from one on, the earliest first, and as many as are wanted', async () => {
      const ledger = await open();
      for (const n of [3, 0, 2, 1]) await ledger.putWindow('shop-1', minute(n));
      await ledger.putWindow('shop-1', minute(2, 'errors-2'));
      await ledger.putWindow('shop-2', minute(5));
      const from = { metric: 'errors', startEpochMs: at(60), most: 9 };
      expect(startsOf(await ledger.windowsFrom('shop-1', from))).toEqual([at(60), at(120), at(180)]);
      expect(startsOf(await ledger.windowsFrom('shop-1', { ...from, most: 2 }))).toEqual([at(60), at(120)]);
      expect(await ledger.windowsFrom('shop-1', { ...from, startEpochMs: at(181) })).toEqual([]);
    });

    it('stay what they are when their release has ended', async () => {
      const ledger = await open();
      const frozen = window({ frozenAtEpochMs: at(160) });
      for (const record of [frozen, minute(1)]) await ledger.putWindow('shop-1', record);
      await ledger.endWindows('shop-1', 9);
      await ledger.endWindows('shop-9', 9);
      expect(await ledger.windowsFrom('shop-1', { metric: 'errors', startEpochMs: 0, most: 9 })).toEqual([
        frozen,
        minute(1),
      ]);
    });
  });

  describe('a checkpoint', () => {
    // more than an item holds
    const large = { digest: 'd'.repeat(64), text: `${'x'.repeat(700_000)}"#` };

    it('is there under its digest, of its release only, as it was put', async () => {
      const ledger = await open();
      await ledger.putCheckpoint('shop-1', large);
      await ledger.putCheckpoint('shop-1', { digest: 'e'.repeat(64), text: '{}' });
      expect(await ledger.readCheckpoint('shop-1', large.digest)).toBe(large.text);
      expect(await ledger.readCheckpoint('shop-1', 'e'.repeat(64))).toBe('{}');
      expect(await ledger.readCheckpoint('shop-1', 'f'.repeat(64))).toBeUndefined();
      expect(await ledger.readCheckpoint('shop-11', large.digest)).toBeUndefined();
    });

    it('put twice is there once, also where a newer one counts by now; the log does not know it', async () => {
      const ledger = await open();
      await filled(ledger, 1);
      await ledger.putCheckpoint('shop-1', large);
      await ledger.putCheckpoint('shop-1', large, 'superseded');
      expect(await ledger.readCheckpoint('shop-1', large.digest)).toBe(large.text);
      expect(await ledger.entries('shop')).toHaveLength(2);
      expect(await ledger.windows('shop-1')).toEqual([]);
    });
  });

  describe('an answer', () => {
    it('is a page, and all pages are all of it, once each and in order', async () => {
      const ledger = await open();
      // requests of 20 kB: more than a megabyte
      let state = await ledger.read('shop');
      for (let number = 1; number <= 60; number += 1) {
        const releaseId = `shop-${number}`;
        const because = 'x'.repeat(900);
        const plan = planOf({ workload: 'y'.repeat(20_000) });
        state = await ledger.append('shop', state, line(requested({ plan }), { releaseId }));
        state = await ledger.append(
          'shop',
          state,
          line({ kind: 'closed', outcome: 'rejected', because }, { releaseId }),
        );
      }
      const seqs: number[][] = [];
      for (let more = true; more; ) {
        const page = await ledger.entriesPage('shop', seqs.at(-1)?.at(-1));
        seqs.push(page.entries.map(({ seq }) => seq));
        more = page.more;
      }
      expect(seqs.length).toBeGreaterThan(1);
      expect(seqs.flat()).toEqual(Array.from({ length: state.seq }, (_, index) => index + 1));
      expect(await ledger.entriesPage('shop', state.seq)).toEqual({ entries: [], more: false });
    });

    it('of windows is one too', async () => {
      const ledger = await open();
      const reading: Reading = { kind: 'noData', reason: 'z'.repeat(800) };
      const put = (minute: number) =>
        ledger.putWindow(
          'shop-1',
          window({ startEpochMs: at(minute * 60), endEpochMs: at(minute * 60 + 60), reading }),
        );
      for (let minute = 0; minute < 1_500; minute += 30) {
        await Promise.all(Array.from({ length: 30 }, (_, index) => put(minute + index)));
      }
      const starts: number[] = [];
      let pages = 0;
      for (let after: string | undefined, more = true; more; pages += 1) {
        const page = await ledger.windowsPage('shop-1', after);
        starts.push(...page.windows.map(({ startEpochMs }) => startEpochMs));
        after = page.next;
        more = after !== undefined;
      }
      expect(pages).toBeGreaterThan(1);
      expect(starts.sort((a, b) => a - b)).toEqual(Array.from({ length: 1_500 }, (_, minute) => at(minute * 60)));
    });
  });

  describe('the token of an approval', () => {
    it('is the newest, of its release only', async () => {
      const ledger = await open();
      expect(await ledger.readToken('shop-1')).toBeUndefined();
      await ledger.putToken('shop-1', 'first');
      await ledger.putToken('shop-1', 'second');
      expect(await ledger.readToken('shop-1')).toBe('second');
      expect(await ledger.readToken('shop-2')).toBeUndefined();
    });

    it('is no line of the log', async () => {
      const ledger = await open();
      await filled(ledger, 0);
      await ledger.putToken('shop-1', 'token');
      expect(await ledger.read('shop')).toMatchObject({ seq: 1 });
      expect(await ledger.entries('shop')).toHaveLength(1);
    });
  });
};
