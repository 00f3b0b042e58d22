import {
  type Detector,
  type DetectorSettings,
  type DetectorWindow,
  newDetector,
  stepDetector,
  type WindowEvidence,
} from '../../../../domain/statistics/sequential/detector.ts';

/**
 * All frozen windows of a release from the first on, one by one: evidence per window, and the decision.
 * @param windows in the order in which they became known; those of one moment in one list
 */
export function detect(
  settings: DetectorSettings,
  windows: readonly (readonly DetectorWindow[])[],
): { detector: Detector; evidence: WindowEvidence[] } {
  const detector = newDetector(settings);
  const evidence = windows.flatMap(together => stepDetector(detector, together));
  return { detector, evidence };
}
