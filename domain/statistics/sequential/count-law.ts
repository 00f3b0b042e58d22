/**
 * The law of one window's canary failures among all of them: Binomial(m, theta), or the beta-binomial whose variance is
 * `inflation` times that (docs/statistics.md (a) and (g)), on cells of `cell` counts: what lies between two cells is
 * moved up to the higher one, so that the law on cells is never smaller than the true one.
 */
export interface CountLaw {
  /** Probability by cell, `length` of them from cell `first` on; a cell stands for the counts up to its number x `cell`. */
  mass: Float64Array;
  first: number;
  length: number;
  /** Upper tail that was left out. */
  lost: number;
}

/** Terms smaller than this part of the largest are left out: above as `lost`, below by dividing the others by their sum. */
const NEGLIGIBLE = 1e-12;
/** More terms than this are not summed one by one but bounded cell by cell: 16,384 take about 0.1 ms. */
const MOST_TERMS = 16_384;

export const newCountLaw = (): CountLaw => ({ mass: new Float64Array(256), first: 0, length: 0, lost: 0 });

/** Fills `law` in place. @param bad m, a whole number  @param share theta, above 0; at 1 all are the canary's  @param inflation 1 or more */
export function fillCountLaw(law: CountLaw, bad: number, share: number, inflation: number, cell: number): void {
  if (share >= 1) {
    onePoint(law, Math.ceil(bad / cell));
    return;
  }
  const noisy = inflation > 1 && bad > 1;
  // a and b of the beta: the correlation of two requests is (inflation - 1)/(bad - 1), and 1/(a + b + 1). 0 for the
  // binomial, whose ratios of neighbours are the limit of both large
  const size = noisy ? (bad - inflation) / (inflation - 1) : 0;
  const [a, b] = [share * size, (1 - share) * size];
  const shape: Shape = { bad, share, a, b };
  // It decides only how the law is made: exactly, term by term, or from fewer cells and then on the safe side.
  const spread = Math.sqrt(bad * share * (1 - share) * Math.min(inflation, bad));
  if (noisy && inflation >= bad) allOrNothing(law, Math.ceil(bad / cell), share);
  else if (Math.min(bad + 1, 16 * spread) <= MOST_TERMS) sumUp(law, shape, cell);
  // steep at none or at all of them: nothing this noisy can be told apart, and all of them the canary's is the safe side
  else if (noisy && (a < 1 || b < 1)) onePoint(law, Math.ceil(bad / cell));
  else boundCells(law, shape, cell);
}

interface Shape {
  bad: number;
  share: number;
  a: number;
  b: number;
}

function onePoint(law: CountLaw, cell: number): void {
  law.first = cell;
  law.length = 1;
  law.lost = 0;
  law.mass[0] = 1;
}

function allOrNothing(law: CountLaw, top: number, share: number): void {
  room(law, top + 1).fill(0, 0, top + 1);
  law.first = 0;
  law.length = top + 1;
  law.lost = 0;
  law.mass[0] = 1 - share;
  law.mass[top] = share;
}

function room(law: CountLaw, cells: number): Float64Array {
  // Twice the room, so that the next law, which is a little longer, finds its place.
  if (law.mass.length < cells) law.mass = new Float64Array(2 * cells);
  return law.mass;
}

/** p(x + 1) / p(x) */
const ratioAbove = ({ bad, share, a, b }: Shape, x: number): number =>
  a === 0 ? ((bad - x) * share) / ((x + 1) * (1 - share)) : ((bad - x) * (a + x)) / ((x + 1) * (b + (bad - 1 - x)));

function modeOf(shape: Shape): number {
  const { bad, share, a, b } = shape;
  if (a === 0) return Math.floor((bad + 1) * share);
  if (a <= 1 || b <= 1) return a < b ? 0 : bad;
  // Any count near the likeliest would do, since the terms are divided by their sum: this one keeps them below 1.
  return Math.min(bad, Math.floor(((bad + 1) * (a - 1)) / (a + b - 2)));
}

/** Every term from its neighbour, away from the mode, then divided by the sum: no factorial, no cancellation. */
function sumUp(law: CountLaw, shape: Shape, cell: number): void {
  const { bad } = shape;
  const mode = modeOf(shape);
  // with two modes both ends count: nothing is left out
  const all = shape.a !== 0 && shape.a < 1 && shape.b < 1;
  const modeCell = Math.ceil(mode / cell);
  let low = mode;
  let weight = 1;
  while (low > 0) {
    weight /= ratioAbove(shape, low - 1);
    if (!all && weight < NEGLIGIBLE) break;
    low -= 1;
  }
  const first = Math.ceil(low / cell);
  let mass = room(law, modeCell - first + 64);
  mass.fill(0);
  weight = 1;
  for (let x = mode; ; x -= 1) {
    const at = Math.ceil(x / cell) - first;
    mass[at] = (mass[at] as number) + weight;
    if (x === low) break;
    weight /= ratioAbove(shape, x - 1);
  }
  weight = 1;
  let lost = 0;
  let last = modeCell - first;
  for (let x = mode; x < bad; x += 1) {
    const ratio = ratioAbove(shape, x);
    weight *= ratio;
    if (!all && weight < NEGLIGIBLE) {
      // the ratios fall from here on: what follows is less than a geometric series
      lost = weight / (1 - ratio);
      break;
    }
    last = Math.ceil((x + 1) / cell) - first;
    if (last >= mass.length) mass = grown(law);
    mass[last] = (mass[last] as number) + weight;
  }
  finish(law, { first, length: last + 1, lost });
}

function grown(law: CountLaw): Float64Array {
  const mass = new Float64Array(2 * law.mass.length);
  mass.set(law.mass);
  law.mass = mass;
  return mass;
}

function finish(law: CountLaw, { first, length, lost }: { first: number; length: number; lost: number }): void {
  const { mass } = law;
  let sum = lost;
  for (let i = 0; i < length; i += 1) sum += mass[i] as number;
  for (let i = 0; i < length; i += 1) mass[i] = (mass[i] as number) / sum;
  law.first = first;
  law.length = length;
  law.lost = lost / sum;
}

/**
 * With one mode, a cell above it holds at most its size times the probability at its lower end, a cell below it at least
 * as much: with the most above and the least below, the rest in the middle, the law is only moved up.
 */
function boundCells(law: CountLaw, shape: Shape, cell: number): void {
  const { bad } = shape;
  const mode = modeOf(shape);
  const logAt = logWeights(shape, mode);
  const middle = Math.ceil(mode / cell);
  const highest = Math.ceil(bad / cell);
  // The weights' sum, cell by cell, from below and from above: the true one lies between.
  const at = (x: number) => Math.exp(logAt(x));
  const up: number[] = [];
  const down: number[] = [];
  let total = 0;
  for (let i = middle + 1; i <= highest; i += 1) {
    const lower = at((i - 1) * cell + 1);
    up.push(cell * lower);
    total += (cell * (lower + at(Math.min(bad, i * cell)))) / 2;
    if (lower < NEGLIGIBLE) break;
  }
  for (let i = middle - 1; i >= 0; i -= 1) {
    const size = i === 0 ? 1 : cell;
    const lower = at(i === 0 ? 0 : (i - 1) * cell + 1);
    down.push(size * lower);
    total += (size * (lower + at(i * cell))) / 2;
    if (lower < NEGLIGIBLE) break;
  }
  total += middle === 0 ? 1 : (cell * (at((middle - 1) * cell + 1) + 2 + at(Math.min(bad, middle * cell)))) / 4;
  const first = middle - down.length;
  const length = down.length + 1 + up.length;
  const mass = room(law, length);
  let rest = 1;
  const put = (i: number, weight: number, safety: number) => {
    const share = Math.min(Math.max(0, rest), (weight / total) * safety);
    mass[i] = share;
    rest -= share;
  };
  // The sum is a trapezoid's and the logarithms have 1e-6 of rounding at 10^9: 0.1 % to the safe side covers both.
  for (let i = up.length - 1; i >= 0; i -= 1) put(down.length + 1 + i, up[i] as number, 1.001);
  for (let i = down.length - 1; i >= 0; i -= 1) put(down.length - 1 - i, down[i] as number, 0.999);
  mass[down.length] = rest;
  law.first = first;
  law.length = length;
  law.lost = NEGLIGIBLE;
}

/** ln p(x) - ln p(mode) */
function logWeights({ bad, share, a, b }: Shape, mode: number): (x: number) => number {
  const logOf =
    a === 0
      ? (x: number) => x * Math.log(share / (1 - share)) - logGamma(x + 1) - logGamma(bad - x + 1)
      : (x: number) => logGamma(a + x) - logGamma(x + 1) + logGamma(b + bad - x) - logGamma(bad - x + 1);
  const most = logOf(mode);
  return x => logOf(x) - most;
}

/** ln of the gamma function for x > 0: Stirling's series above 10, reached by recurrence. */
export function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  // From 10 on the series is exact to the last digit.
  while (y < 10) {
    shift -= Math.log(y);
    y += 1;
  }
  const z = 1 / (y * y);
  const series = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680))) / y;
  return shift + (y - 0.5) * Math.log(y) - y + 0.9189385332046727 + series;
}
