/** What a deployment of Sluice is: its own version, and that of the lines which it writes and reads. */
export interface DeployedVersion {
  /** `0.2.0` */
  sluice: string;
  ledger: number;
}

/** What the table was deployed with last. */
export interface SettledVersion extends DeployedVersion {
  settledAtEpochMs: number;
  /** What it was before that. */
  before?: DeployedVersion;
}

/** What a deployment is called; what is after the third number says nothing of its order. */
export const SLUICE_VERSION = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/;

/**
 * For so long CloudFormation may still take the update back that brought the newest version: an answer that got lost fails an
 * update 10 minutes later. It then asks for the version before, and must get it, or the stack stands between the two.
 */
const TAKEN_BACK_WITHIN_MS = 30 * 60_000;

/**
 * Why this version must not be deployed on a table that was deployed with another one: older functions stop at lines that they
 * do not know, and forget what newer ones keep. Undefined: nothing speaks against it.
 */
export function deploymentProblem(
  wanted: DeployedVersion,
  settled: SettledVersion | undefined,
  { table, nowEpochMs }: { table: string; nowEpochMs: number },
): string | undefined {
  if (settled === undefined || isTakenBack(wanted, settled, nowEpochMs)) return undefined;
  const road = `deploy Sluice ${settled.sluice} or newer`;
  if (settled.ledger > wanted.ledger) {
    return `the table ${table} is of a newer Sluice: found ledger version ${settled.ledger}, of Sluice ${settled.sluice}; expected at most ${wanted.ledger}, which is what this deployment, Sluice ${wanted.sluice}, reads: ${road}`;
  }
  if (isNewer(settled.sluice, wanted.sluice)) {
    return `this deployment is of an older Sluice: found Sluice ${settled.sluice} deployed on the table ${table}; expected at most ${wanted.sluice}, which this deployment is: ${road}`;
  }
  return undefined;
}

const isTakenBack = (wanted: DeployedVersion, { before, settledAtEpochMs }: SettledVersion, nowEpochMs: number) =>
  before?.sluice === wanted.sluice &&
  before.ledger === wanted.ledger &&
  nowEpochMs - settledAtEpochMs <= TAKEN_BACK_WITHIN_MS;

function isNewer(one: string, other: string): boolean {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  const differing = a.findIndex((number, index) => number !== b[index]);
  return differing >= 0 && (a[differing] ?? 0) > (b[differing] ?? 0);
}

const numbersOf = (version: string): number[] => (SLUICE_VERSION.exec(version) ?? []).slice(1, 4).map(Number);
