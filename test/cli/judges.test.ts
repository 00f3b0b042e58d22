import { describe, expect, it } from 'vitest';
import type { JudgeRow } from '../../comparison/compare.ts';
import { sluice } from './sluice.ts';

const compare = (...args: string[]) => sluice('judges', 'compare', ...args);

describe('sluice judges compare', () => {
  it('lets all judges decide the same releases, the same ones for the same seed', async () => {
    // Act
    const [first, again, other] = [
      await compare('--releases', '1', '--json'),
      await compare('--releases', '1', '--json'),
      await compare('--releases', '1', '--seed', '2', '--json'),
    ];
    // Assess
    expect(first).toEqual(again);
    expect(first.out).not.toBe(other.out);
    const { judges } = JSON.parse(first.out) as { judges: JudgeRow[] };
    expect(judges.map(({ judge }) => judge)).toEqual([
      'information',
      'specification',
      'information, margin 1.25',
      'specification, margin 1.25',
      'argo',
      'relative',
      'flagger',
      'kayenta',
      'SPRT (told both)',
    ]);
    const found = (name: string) => judges.find(({ judge }) => judge === name)?.foundPercent.x10 ?? 0;
    // a fixed 2 % cannot see ten times 0.1 %
    expect(found('argo')).toBeLessThan(found('information'));
  });

  it('prints a row per judge for people', async () => {
    const { code, out } = await compare('--releases', '1', '--profile', 'specification');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {4}kayenta( +[\d.]+){6}$[\s\S]*^ {4}kayenta( +[\d.]+){4}$/m);
    expect(out.match(/specification/g)).toHaveLength(4); // in both tables with both margins, and not twice the same
  });

  it('refuses a profile that does not exist, and names those that do', async () => {
    const { code, err } = await compare('--profile', 'best');
    expect(code).toBe(2);
    expect(err).toContain('no profile is called "best"');
    expect(err).toContain('specification');
  });
});
