import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { atLeast, PROMISED_SHARE, tooManyFalseAlarms } from '../../lab/simulation/checks/false-alarms.ts';

const FOLDER = 'lab/simulation/checks';

/** Imports that run something, from outside of the simulator. */
function importsOfTheProduct(file: string): string[] {
  const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
  const all = text.matchAll(/import (?<what>(?:type )?[^;]*?) from '(?<from>[^']+)'/g);
  return [...all].flatMap(({ groups }) => {
    const isProduct = /\/(?:domain|functions|adapters)\//.test(groups?.from ?? '');
    return isProduct && groups?.what?.startsWith('type ') !== true ? [`${file}: ${groups?.from}`] : [];
  });
}

describe('the oracles', () => {
  it('take types from the product and nothing that computes', () => {
    const files = readdirSync(FOLDER);
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap(importsOfTheProduct)).toEqual([]);
  });
});

describe('false alarms over many seeds', () => {
  const counts = (good: number, blamed: number) => ({
    'good images judged: sequential': good,
    'good images called degraded: sequential': blamed,
  });

  it('are as many as alpha allows, and no more', () => {
    expect(tooManyFalseAlarms({})).toBeUndefined();
    expect(tooManyFalseAlarms(counts(1_000, 10))).toBeUndefined();
    expect(tooManyFalseAlarms(counts(1_000, 40))).toMatch(/40 of 1000/);
  });

  it('are bounded by the binomial law', () => {
    // R: pbinom(19, 1000, 0.01, lower.tail = FALSE)
    expect(atLeast(20, 1_000, PROMISED_SHARE)).toBeCloseTo(0.00329, 4);
    expect(atLeast(0, 1_000, PROMISED_SHARE)).toBe(1);
    expect(atLeast(1, 0, PROMISED_SHARE)).toBe(0);
  });
});
