/**
 * docs/statistics.md once more, formula by formula and without logarithms' care: an oracle for counts so small that plain
 * arithmetic does. It shares no code with domain/.
 */
export interface BookWindow {
  nc: number;
  xc: number;
  nb: number;
  xb: number;
}

export const window4 = ([nc, xc, nb, xb]: readonly [number, number, number, number]): BookWindow => ({
  nc,
  xc,
  nb,
  xb,
});

const GRID = [1.25, 1.5, 2, 3, 5, 10, 30, 100];
const PRIOR = [0.1, 0.2, 0.2, 0.15, 0.15, 0.1, 0.05, 0.05];

/** (a), the part of the bad requests that are the canary's at ratio w. */
export const theta = ({ nc, nb }: BookWindow, w: number): number => {
  const rho = nc / (nc + nb);
  return (rho * w) / (1 + rho * (w - 1));
};

/** (a), l_k(w1). */
export const ratioEvidence = (window: BookWindow, w0: number, w1: number): number => {
  const { nc, xc, nb, xb } = window;
  const rho = nc / (nc + nb);
  return xc * Math.log(w1 / w0) - (xc + xb) * (Math.log(1 + rho * (w1 - 1)) - Math.log(1 + rho * (w0 - 1)));
};

/** (b), one window against a fixed rate; (1 - p_j)/(1 - p_max) is (1 - p_max)^(w - 1). */
export const rateEvidence = ({ nc, xc }: BookWindow, limit: number, w: number): number =>
  xc * Math.log((1 - (1 - limit) ** w) / limit) + (nc - xc) * (w - 1) * Math.log(1 - limit);

/** (c), the Bernoulli form with theta_b and the odds ratio r. */
export const bernoulliEvidence = ({ nc, xc, nb, xb }: BookWindow, b: number, r: number): number => {
  const c = (r * b) / (1 - b + r * b);
  const o = (nb * b + nc * c) / (nb + nc);
  return (
    xc * Math.log(c / o) +
    (nc - xc) * Math.log((1 - c) / (1 - o)) +
    xb * Math.log(b / o) +
    (nb - xb) * Math.log((1 - b) / (1 - o))
  );
};

/** (g), phi_k of a comparison at w, and of a fixed rate. */
export const inflation = (phi: number, window: BookWindow, w: number): number =>
  phi + 0.1 ** 2 * (window.xc + window.xb) * theta(window, w) * (1 - theta(window, w));
export const rateInflation = (phi: number, { nc }: BookWindow, limit: number): number =>
  phi + 0.1 ** 2 * nc * limit * (1 - limit);
/** (g), what one window may add at most. */
export const most = (alpha: number): number => (Math.log(1 / alpha) + Math.log(2)) / 2;

/** (a), the start weights: s_1 and the reserve as given, K windows. */
export const starts =
  (first: number, reserve: number, K: number) =>
  (k: number): number => {
    if (k > K) return (reserve * K) / (k * (k - 1));
    if (K === 1) return 1 - reserve;
    return k === 1 ? first : (1 - first - reserve) / (K - 1);
  };

/** (a), E after all windows. @param l the evidence of window k (from 1) for the j-th alternative */
export function mixture(
  windows: readonly BookWindow[],
  s: (k: number) => number,
  l: (window: BookWindow, alternative: number, k: number) => number,
  { grid, prior }: { grid: readonly number[]; prior: readonly number[] } = { grid: GRID, prior: PRIOR },
): number {
  const S = grid.map(() => 0);
  let left = 1;
  for (const [i, window] of windows.entries()) {
    for (const [j, alternative] of grid.entries())
      S[j] = ((S[j] ?? 0) + s(i + 1)) * Math.exp(l(window, alternative, i + 1));
    left -= s(i + 1);
  }
  return S.reduce((sum, one, j) => sum + one * (prior[j] ?? 0), left);
}

/** (e), evidence that the canary is better than `worst` times as bad; alternatives not below it are left out. */
export function healthy(windows: readonly BookWindow[], worst: number, phi?: number): number {
  const all = [0.5, 0.75, 1, 1.25, 1.5].map((alternative, j) => ({
    alternative,
    weight: [0.1, 0.15, 0.5, 0.15, 0.1][j] ?? 0,
  }));
  const kept = all.filter(({ alternative }) => alternative < worst);
  const sum = kept.reduce((total, { weight }) => total + weight, 0);
  return kept.reduce((total, { alternative, weight }) => {
    const log = windows.reduce(
      (l, window) =>
        l + ratioEvidence(window, worst, alternative) / (phi === undefined ? 1 : inflation(phi, window, worst)),
      0,
    );
    return total + (weight / sum) * Math.exp(log);
  }, 0);
}
