import { type RegisteredWorkload, WorkloadNotFoundError, type Workloads } from './workloads.ts';

export class FakeWorkloads implements Workloads {
  private readonly byName = new Map<string, RegisteredWorkload>();

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
}

export const noSuchWorkload = (name: string, known: string[]): string =>
  `there is no workload ${JSON.stringify(name)}; ${known.length === 0 ? 'none is registered' : `known: ${known.join(', ')}`}`;
