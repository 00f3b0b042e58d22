import { describe, expect, it } from 'vitest';
import type { Dial } from '../../../domain/dial.ts';
import { isOurs } from '../../../domain/release/dial-owner.ts';
import { admissionOf, type Line, releaseOf, shifted } from '../../support/ledger-lines.ts';
import { dial } from '../../support/sight.ts';

const ours = (lines: Line[], seen: Dial) => isOurs(releaseOf({}, ...lines), admissionOf(), seen);
const to25 = shifted(0, { from: 0, to: 25 });
const half = [...to25, ...shifted(9, { from: 25, to: 50 }).slice(0, 1)];

describe('before the first shift', () => {
  it('the dial is ours with everything on stable, and not anywhere else', () => {
    expect(ours([], dial(100, 0))).toBe(true);
    expect(ours([], dial(90, 10))).toBe(false);
    expect(ours([], dial(0, 100))).toBe(false);
    expect(ours([], dial(100, 10))).toBe(false);
  });
});

describe('after a confirmed shift', () => {
  it('the dial is ours where it was set, as exactly as a router can say it', () => {
    expect(ours(to25, dial(75, 25))).toBe(true);
    expect(ours(to25, dial(75.05, 24.95))).toBe(true);
    expect(ours(to25, dial(74.8, 25.2))).toBe(false);
  });

  it('it is no longer ours where it came from, in one rule either', () => {
    expect(ours(to25, dial(100, 0))).toBe(false);
    expect(ours(to25, dial(100, 25))).toBe(false);
  });
});

describe('while a shift is not confirmed', () => {
  it('the dial is ours where it was and where it goes', () => {
    expect(ours(half, dial(75, 25))).toBe(true);
    expect(ours(half, dial(50, 50))).toBe(true);
  });

  it('it is ours half done: one rule turned and the other not, read as the most in each slot', () => {
    expect(ours(half, dial(75, 50))).toBe(true);
  });

  it('it is not ours between the two, or where nobody wants it', () => {
    expect(ours(half, dial(62, 38))).toBe(false);
    expect(ours(half, dial(100, 50))).toBe(false);
    expect(ours(half, dial(75, 100))).toBe(false);
    expect(ours(half, dial(100, 0))).toBe(false);
  });
});
