/**
 * A release is named `<workload>-<number>`, numbered by the workload's ledger. Step Functions allows 80 characters for an
 * execution's name, and `rb-<releaseId>-<attempt>` is the longest that we make: a workload's name has at most 57 (its slots
 * are Kubernetes names), which leaves 18 for both numbers and their hyphens.
 */
export const releaseIdOf = (workload: string, number: number): string => `${workload}-${number}`;

const RELEASE_ID = /^(.+)-[1-9]\d*$/;

export const isReleaseId = (text: string): boolean => RELEASE_ID.test(text);

/** The workload of a release id. @throws RangeError where it is not one */
export function workloadOf(releaseId: string): string {
  const match = RELEASE_ID.exec(releaseId);
  if (match?.[1] === undefined)
    throw new RangeError(`${JSON.stringify(releaseId)} is not a release id (<workload>-<number>)`);
  return match[1];
}

export const releaseExecutionName = (releaseId: string, run: number): string => `${releaseId}-${run}`;
export const rollBackExecutionName = (releaseId: string, attempt: number): string => `rb-${releaseId}-${attempt}`;

/** The release and the run of an execution's name; undefined where a person has started one by another name. */
export const releaseExecutionOf = (name: string): { releaseId: string; number: number } | undefined => {
  // it reads as a release id itself, whose workload is the release
  const releaseId = name.slice(0, name.lastIndexOf('-'));
  const number = Number(name.slice(releaseId.length + 1));
  return isReleaseId(name) && isReleaseId(releaseId) ? { releaseId, number } : undefined;
};

/** The release and the attempt of a roll back's name. */
export const rollBackExecutionOf = (name: string): { releaseId: string; number: number } | undefined =>
  name.startsWith('rb-') ? releaseExecutionOf(name.slice('rb-'.length)) : undefined;
