import type { SettledVersion } from '../../domain/deployed-version.ts';

/** With which version of Sluice the table was deployed last. */
export interface DeployedVersions {
  /** As people call it. */
  readonly table: string;
  /** Undefined: with none that wrote it down. @throws LedgerUnreachableError not known is not none */
  read(): Promise<SettledVersion | undefined>;
  /** Writes it down where it is still what was read. @returns whether it was @throws LedgerUnreachableError */
  settle(version: SettledVersion, was: SettledVersion | undefined): Promise<boolean>;
}

/** In memory. */
export function fakeDeployedVersions(): DeployedVersions {
  let settled: SettledVersion | undefined;
  return {
    table: 'sluice',
    read: async () => settled,
    async settle(version, was) {
      if (JSON.stringify(settled) !== JSON.stringify(was)) return false;
      settled = version;
      return true;
    },
  };
}
