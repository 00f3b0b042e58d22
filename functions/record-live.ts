import { type RecordLiveDeps, recordLive } from '../application/operations/record-live.ts';
import { recordLiveInputSchema } from '../application/operations/schemas/record-live.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openLedger, openRouting, openShared, openWorkloads } from './lambda/open.ts';
import { openCluster } from './lambda/open-cluster.ts';

export const makeHandler = (deps: RecordLiveDeps) =>
  makeLambda('record-live', deps, async (event, log) => recordLive(deps, recordLiveInputSchema.parse(event), log));

export const handler = lazily(env => {
  const cluster = openCluster(env);
  return makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    ...openRouting(env, cluster),
    cluster,
  });
});
