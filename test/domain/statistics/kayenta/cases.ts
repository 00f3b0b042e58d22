/** A stream of numbers from 0 to 1 that is the same everywhere: the minimal standard generator of Park and Miller (1988). */
function streamOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

export interface ShiftCase {
  x: number[];
  y: number[];
  confidence: number;
}

/** Hollander and Wolfe (1973), p. 69: the example of R's wilcox.test. */
const PERMEABILITY: ShiftCase = {
  x: [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
  y: [1.15, 0.88, 0.9, 0.74, 1.21],
  confidence: 0.95,
};

/** Sizes, shifts, ties and zeros as windows of failure shares have them. */
export function shiftCases(): ShiftCase[] {
  const next = streamOf(20_260_601);
  const sample = (size: number, make: (u: number) => number): number[] =>
    Array.from({ length: size }, () => make(next()));
  const cases = [PERMEABILITY];
  for (const [m, n] of [
    [5, 5],
    [6, 9],
    [10, 10],
    [30, 30],
    [49, 7],
    [60, 55],
  ] as const) {
    for (const shift of [0, 0.2, -0.4, 1.5]) {
      cases.push({ x: sample(m, u => u + shift), y: sample(n, u => u), confidence: 0.98 });
      cases.push({
        x: sample(m, u => Math.floor(u * 6) + Math.round(shift)),
        y: sample(n, u => Math.floor(u * 6)),
        confidence: 0.98,
      });
      cases.push({
        x: sample(m, u => (u < 0.6 ? 0 : (u + shift) ** 2)),
        y: sample(n, u => (u < 0.7 ? 0 : u / 8)),
        confidence: 0.9,
      });
    }
  }
  return cases;
}

if (import.meta.main) process.stdout.write(JSON.stringify(shiftCases()));
