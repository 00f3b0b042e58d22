import { type ImagePushedDeps, imagePushed, pushEventSchema } from '../application/events/image-pushed.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openExecutions, openImages, openLedger, openShared, openWorkloads, ownPlace } from './lambda/open.ts';

export const makeHandler = (deps: ImagePushedDeps) =>
  makeLambda('image-pushed', deps, async (event, log) => imagePushed(deps, pushEventSchema.parse(event), log));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    images: openImages(env),
    ownRegistry: ownPlace(env),
    executions: openExecutions(env),
  }),
);
