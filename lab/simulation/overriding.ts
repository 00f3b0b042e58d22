/** A port with some of its methods in other hands; what the seam gets later passes through. */
export const overriding = <Port extends object>(port: Port, methods: Partial<Port>): Port =>
  new Proxy(port, {
    get(target, key) {
      const own = Reflect.get(methods, key);
      if (own !== undefined) return own;
      const value = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

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
