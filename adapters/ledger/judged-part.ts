import { canonicalJson } from '../../domain/canonical-json.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';

/** All of a frozen window but what its source said later, which was never judged. */
export function judgedPart(record: WindowRecord): string {
  const { laterReading: _, ...judged } = record;
  return canonicalJson(judged);
}
