/**
 * Upper tail of the standard normal distribution. Continued fraction (Abramowitz and Stegun 26.2.14) from 3 on, the
 * series 26.2.11 below, whose 40th term at 3 is less than 1e-21: both to about 15 digits. NaN of NaN.
 */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    // Below 3 the 40th term is less than 1e-21, where the sum is more than 1.
    for (let k = 1; k <= 40; k += 1) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = 0;
  for (let k = 100; k >= 1; k -= 1) fraction = k / (z + fraction);
  return density / (z + fraction);
}

/**
 * The z that a standard normal value stays below with this probability, by bisection of the tail above: slow (60 steps)
 * and without a table of magic numbers. @param probability strictly between 0 and 1
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new RangeError(`a probability between 0 and 1, found ${probability}`);
  if (probability < 0.5) return -normalQuantile(1 - probability);
  const tail = 1 - probability;
  let low = 0;
  let high = 40;
  // 40 halved 60 times is less than the last digit of what is sought.
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalUpperTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
