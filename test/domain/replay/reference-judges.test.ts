import { describe, expect, it } from 'vitest';
import {
  argoReference,
  type CountWindow,
  flaggerReference,
  kayentaReference,
  type ReferenceJudge,
  relativeReference,
} from '../../../domain/replay/reference-judges.ts';

/** Bad canary requests of 1,000 per window, beside 9 of 9,000 of the stable version. */
const windows = (...bad: number[]): CountWindow[] =>
  bad.map(canaryBad => ({ canaryRequests: 1000, canaryBad, stableRequests: 9000, stableBad: 9 }));
const at = (style: ReferenceJudge, of: CountWindow[], windowSeconds = 60) =>
  style(of, { windowSeconds }).rollBackAtWindow;
const quiet: CountWindow = { canaryRequests: 0, canaryBad: 0, stableRequests: 9000, stableBad: 9 };

describe('the judges of others at their documented defaults', () => {
  it('Argo: the third window above 2 %', () => {
    expect(at(argoReference, windows(20, 21, 1, 21, 21))).toBe(5);
    expect(at(argoReference, windows(20, 20, 21, 21))).toBeNull();
    expect(at(argoReference, [quiet, quiet, quiet])).toBeNull();
    expect(at(argoReference, [])).toBeNull();
  });

  it('relative: the third window above 1.5 times the stable share', () => {
    // the stable share is 0.1 %, so 1.5 of 1,000 is the limit
    expect(at(relativeReference, windows(2, 1, 2, 2))).toBe(4);
    expect(at(relativeReference, windows(1, 1, 1, 2, 2))).toBeNull();
    expect(
      at(relativeReference, [
        quiet,
        ...windows(2, 2),
        { ...quiet, canaryRequests: 9, canaryBad: 9, stableRequests: 0 },
      ]),
    ).toBeNull();
  });

  it('nobody judges a window without requests, whatever is said to be bad in it', () => {
    const odd: CountWindow = { canaryRequests: 0, canaryBad: 5, stableRequests: 9000, stableBad: 0 };
    const noStable: CountWindow = { canaryRequests: 1000, canaryBad: 5, stableRequests: 0, stableBad: -1 };
    expect(at(argoReference, [odd, odd, odd])).toBeNull();
    expect(at(relativeReference, [odd, odd, odd])).toBeNull();
    expect(at(relativeReference, [noStable, noStable, noStable])).toBeNull();
  });

  it('relative: just 1.5 times is not above it', () => {
    const even: CountWindow = { canaryRequests: 1000, canaryBad: 3, stableRequests: 9000, stableBad: 18 };
    expect(at(relativeReference, [even, even, even])).toBeNull();
  });

  it('Flagger: a check after the fifth minute below 99 %', () => {
    expect(at(flaggerReference, windows(11, 11, 11, 11, 11, 0))).toBe(6);
    expect(at(flaggerReference, windows(11, 11, 11, 11, 11, 0, 0, 0))).toBe(6);
    expect(at(flaggerReference, windows(11, 11, 11, 11, 11))).toBe(5);
    expect(at(flaggerReference, windows(11, 11, 11, 11, 10, 10))).toBeNull();
    // checks of four windows of 15 s: 41 of 4,000 is bad, 40 is not
    expect(at(flaggerReference, windows(...Array.from({ length: 24 }, (_, n) => (n % 4 === 0 ? 41 : 0))), 15)).toBe(24);
    expect(
      at(flaggerReference, windows(...Array.from({ length: 24 }, (_, n) => (n % 4 === 0 ? 40 : 0))), 15),
    ).toBeNull();
  });

  it('Kayenta: all windows, when the release is over', () => {
    const steady = Array.from({ length: 10 }, (_, n) => ({
      canaryRequests: 1000,
      canaryBad: n % 3,
      stableRequests: 9000,
      stableBad: 9 * (n % 4),
    }));
    const worse = steady.map((window, n) => ({ ...window, canaryBad: 30 + n }));
    expect(at(kayentaReference, worse)).toBe(10);
    expect(at(kayentaReference, steady)).toBeNull();
    expect(at(kayentaReference, [...worse, quiet])).toBe(11);
    const of = (canaryBad: (n: number) => number, stableBad: (n: number) => number): CountWindow[] =>
      Array.from({ length: 30 }, (_, n) => ({
        ...{ canaryRequests: 1000, canaryBad: canaryBad(n), stableRequests: 9000, stableBad: stableBad(n) },
      }));
    // the same shares, none of them 0; and 2 to 4 of 1,000 against 0 to 3, which overlap
    expect(
      at(
        kayentaReference,
        of(
          n => 1 + (n % 3),
          n => 9 * (1 + (n % 4)),
        ),
      ),
    ).toBeNull();
    expect(
      at(
        kayentaReference,
        of(
          n => 2 + (n % 3),
          n => 9 * (n % 4),
        ),
      ),
    ).toBe(30);
    // windows without requests of either version are no values: with them as shares of nothing there would be none at all
    const noStable = { canaryRequests: 1000, canaryBad: 30, stableRequests: 0, stableBad: 0 };
    expect(at(kayentaReference, [...steady, ...Array<CountWindow>(30).fill(noStable)])).toBeNull();
    expect(at(kayentaReference, [...worse, ...Array<CountWindow>(30).fill({ ...quiet, stableBad: 9000 })])).toBe(40);
    const better = steady.map((window, n) => ({ ...window, canaryBad: 0, stableBad: 270 + n }));
    expect(at(kayentaReference, better)).toBeNull();
    expect(at(kayentaReference, [quiet])).toBeNull();
  });
});
