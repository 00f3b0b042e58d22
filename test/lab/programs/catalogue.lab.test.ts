import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RollBackReason } from '../../../domain/ledger/facts.ts';
import { CATALOGUE } from '../../../lab/programs/catalogue.ts';
import { MISBEHAVIOURS } from '../../../lab/programs/misbehaviours.ts';
import { commandsOf, wrongWith } from '../../../lab/programs/run-program.ts';
import { runLab } from '../../../lab/run-lab.ts';
import type { ReleaseRow } from '../../../lab/watch-release.ts';
import { makeFolder } from '../../cli/cli-process.ts';

/** The quickest; all of them, by the command itself: `npm run lab:programs`. */
const QUICK = ['flaps', 'stops-listening', 'resets-connections', 'breaks-off'];
/** A minute of the plan takes a second, and so many run at once: fewer requests than a lab that is alone sends. */
const PACE = { compress: 60, requestsPerSecond: 2 };

describe('a program that misbehaves', () => {
  it('is taken back by the plan of the lab, whichever way it does', async () => {
    const entries = CATALOGUE.filter(({ kind }) => QUICK.includes(kind));
    expect(entries).toHaveLength(QUICK.length);
    // Act
    const rows = await Promise.all(
      entries.map(entry => {
        const { path, remove } = makeFolder();
        onTestFinished(remove);
        const { signal } = new AbortController();
        return runLab({ ...commandsOf(entry, path), ...PACE, path: '/', signal, tell: () => {} });
      }),
    );
    // Assess
    const wrong = entries.map(({ kind, expected }, i) => [kind, wrongWith(expected, rows[i])]);
    expect(wrong).toEqual(entries.map(({ kind }) => [kind, undefined]));
  }, 120_000);

  it('has an expectation for every kind, and docs/lab.md lists all of them', () => {
    expect(CATALOGUE.map(({ kind }) => kind).sort()).toEqual(Object.keys(MISBEHAVIOURS).sort());
    const lines = readFileSync('docs/lab.md', 'utf8').split('\n');
    for (const { kind, does, expected } of CATALOGUE) {
      const end = expected.outcome === 'rolledBack' ? expected.reasons.join(' or ') : expected.outcome;
      expect(lines).toContain(`| \`${kind}\` | ${does} | ${end} |`);
    }
  });
});

describe('how a program ended is wrong', () => {
  const row = (more: Partial<ReleaseRow>): ReleaseRow =>
    ({ outcome: 'promoted', reason: null, because: '', lost: 0, ...more }) as ReleaseRow;
  const back = (reason: RollBackReason, because: string) => row({ outcome: 'rolledBack', reason, because });
  const PROMOTED = { outcome: 'promoted' } as const;
  const UNSEEN = { outcome: 'unseen' } as const;
  const ERRORS = { outcome: 'rolledBack', reasons: ['degraded'], because: /^errors: / } as const;

  it.each([
    ['where there was no release', PROMOTED, undefined, 'there was no release'],
    ['where a bad one is promoted', ERRORS, row({ because: 'x' }), 'expected rolledBack, was promoted: x'],
    [
      'where a healthy one goes back',
      PROMOTED,
      back('degraded', 'errors: x'),
      'expected promoted, was rolledBack (degraded): errors: x',
    ],
    [
      'where it goes back for another reason',
      ERRORS,
      back('deadline', 'x'),
      'expected degraded, was rolledBack (deadline): x',
    ],
    [
      'where another metric found it',
      ERRORS,
      back('degraded', 'slow: x'),
      'expected /^errors: /, was rolledBack (degraded): slow: x',
    ],
    [
      'where requests are lost by others though nothing is seen',
      UNSEEN,
      row({ lost: 2 }),
      '2 requests were lost that the canary did not cause',
    ],
    [
      'where requests are lost by others',
      PROMOTED,
      row({ lost: 2 }),
      '2 requests were lost that the canary did not cause',
    ],
  ])('%s', (_, expected, ended, said) => {
    expect(wrongWith(expected, ended)).toBe(said);
  });

  it('not where it is as expected', () => {
    expect(wrongWith(PROMOTED, row({}))).toBeUndefined();
    expect(wrongWith(ERRORS, back('degraded', 'errors: x'))).toBeUndefined();
    expect(wrongWith(UNSEEN, row({}))).toBeUndefined();
    expect(wrongWith(UNSEEN, back('degraded', 'slow: x'))).toBeUndefined();
  });
});
