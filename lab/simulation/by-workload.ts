/** A port whose methods all name a workload first, and act on what `of` finds for it. */
export const byWorkload = <Port extends object>(of: (workload: { name: string }) => Port): Port =>
  new Proxy({} as Port, {
    get:
      (_, key) =>
      (workload: { name: string }, ...rest: unknown[]) => {
        const port = of(workload);
        return Reflect.apply(Reflect.get(port, key) as (...all: unknown[]) => unknown, port, [workload, ...rest]);
      },
  });
