import workerThreads from 'node:worker_threads';
import zlib from 'node:zlib';

/*
 * Put in front of what is compiled for people's computers. The sources are written for Node 24; the package also runs on the
 * Node 20 and 22 that a team's CDK app may be on. These are the functions of the language that those lack and that the
 * product calls: `npm run check:package` runs the package on an older Node where there is one.
 */
Map.groupBy ??= <K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index);
    index += 1;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};

Object.groupBy ??= <K extends PropertyKey, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K) =>
  Object.fromEntries(Map.groupBy(items, keyOf)) as Partial<Record<K, T[]>>;

Promise.withResolvers ??= <T>(): PromiseWithResolvers<T> => {
  let resolve: PromiseWithResolvers<T>['resolve'] = () => {};
  let reject: PromiseWithResolvers<T>['reject'] = () => {};
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
};

// undici, below the Kubernetes client, takes it for granted when it is loaded; nothing here asks for zstd
zlib.createZstdDecompress ??= () => {
  throw new Error('this Node cannot decompress zstd');
};
// likewise: it keeps what is undici's own from being sent to another thread, which nobody does here
workerThreads.markAsUncloneable ??= () => {};
