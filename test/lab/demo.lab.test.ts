import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_RELEASES, type DemoRelease } from '../../lab/demo/releases.ts';
import { prepare } from '../../lab/demo/run.ts';
import { openSmokeHook } from '../../lab/demo/smoke-hook.ts';
import { type Lab, openLab } from '../../lab/lab.ts';

const WITHIN_MS = 120_000;

let lab: Lab;
beforeAll(async () => {
  lab = await openLab({ compress: 60, publishing: { lateSeconds: 20, growsForSeconds: 10, growFrom: 0.8 } });
}, WITHIN_MS);
afterAll(() => lab.close());

const bad = DEMO_RELEASES.find(({ name }) => name === 'errors') as DemoRelease;
/** Shows nothing. */
const view = { line: () => {}, end: () => {} };

it(
  'shows a connection that was dropped on purpose as one lost request, and does not pass with it',
  async () => {
    // Prepare: the same release of two services at once
    const runs = await Promise.all(['errors', 'errors-too'].map(name => prepare(lab, { ...bad, name })));
    let dropped: Promise<void> | undefined;
    lab.onLine((_, { fact }) => {
      if (fact.kind === 'shiftConfirmed') dropped ??= lab.edge.dropNextConnection();
    });

    // Act
    const rows = await Promise.all(runs.map(run => run(view)));
    await dropped;

    // Assess: of two that ended the same one has lost a request, and it alone is not as it should be
    expect(rows.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      'rolledBack degraded',
      'rolledBack degraded',
    ]);
    const shown = rows.map(({ lost, asItShould }) => ({ lost, asItShould })).toSorted((a, b) => a.lost - b.lost);
    expect(shown).toEqual([
      { lost: 0, asItShould: true },
      { lost: 1, asItShould: false },
    ]);
    for (const row of rows) expect(row.failed).toBe(row.failedByCanary + row.lost);
  },
  WITHIN_MS,
);

it('has a smoke test that says no when nobody answers it, rather than nothing', async () => {
  const header = { name: 'x-sluice-preview', value: 'canary' };
  const hook = await openSmokeHook({ url: 'http://127.0.0.1:1', host: 'nobody.lab', header, version: 'v2' });
  try {
    const answer = await fetch(hook.url, { method: 'POST' });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('ECONNREFUSED');
  } finally {
    hook.close();
  }
});
