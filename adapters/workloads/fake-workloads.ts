import { type Claim, type RegisteredWorkload, WorkloadNotFoundError, type Workloads } from './workloads.ts';

/** The list of workloads in memory. */
export const fakeWorkloads = (): Workloads => new WorkloadsInMemory();

class WorkloadsInMemory implements Workloads {
  private readonly byName = new Map<string, RegisteredWorkload>();
  private readonly claims = new Map<string, Claim>();

  async read(name: string): Promise<RegisteredWorkload> {
    const found = this.byName.get(name);
    if (found === undefined) throw new WorkloadNotFoundError(noSuchWorkload(name, await this.list()));
    return structuredClone(found);
  }

  async list(): Promise<string[]> {
    return [...this.byName.keys()].sort();
  }

  async readAll(): Promise<RegisteredWorkload[]> {
    return Promise.all((await this.list()).map(name => this.read(name)));
  }

  async register(registered: RegisteredWorkload): Promise<void> {
    this.byName.set(registered.workload.name, structuredClone(registered));
  }

  async remove(name: string): Promise<void> {
    this.byName.delete(name);
  }

  async claim(claim: Claim, insteadOf?: Claim): Promise<Claim> {
    const found = this.claims.get(claim.resource);
    const isFree = found === undefined || isOfSame(found, claim);
    const isLeft = found !== undefined && insteadOf !== undefined && isUnchanged(found, insteadOf);
    if (!isFree && !isLeft) return { ...found };
    this.claims.set(claim.resource, { ...claim });
    return claim;
  }

  async readClaims(workload: string): Promise<Claim[]> {
    return [...this.claims.values()].filter(claim => claim.workload === workload).map(claim => ({ ...claim }));
  }

  async unclaim(claim: Claim): Promise<void> {
    const found = this.claims.get(claim.resource);
    if (found !== undefined && isOfSame(found, claim)) this.claims.delete(claim.resource);
  }
}

const isOfSame = (a: Claim, b: Claim): boolean => a.workload === b.workload && a.stack === b.stack;
const isUnchanged = (a: Claim, b: Claim): boolean => isOfSame(a, b) && a.atEpochMs === b.atEpochMs;

export const noSuchWorkload = (name: string, known: string[]): string =>
  `there is no workload ${JSON.stringify(name)}; ${known.length === 0 ? 'none is registered' : `known: ${known.join(', ')}`}`;
