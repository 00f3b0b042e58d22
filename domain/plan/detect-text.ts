import { percentText } from '../number-text.ts';
import type { Detect } from '../statistics/sequential/detect.ts';

/** "2 times the failures of stable, and at least 1 % of requests more": the effect that matters, as people say it. */
export function detectText({ ratio, atLeast = 0 }: Pick<Detect, 'ratio' | 'atLeast'>): string {
  const times = `${ratio} times the failures of stable`;
  return atLeast === 0 ? times : `${times}, and at least ${percentText(atLeast)} of requests more`;
}
