import { beginSoak } from '../application/release/soak.ts';
import { lazily, openLedger, openShared } from './lambda/open.ts';
import { makeReleaseHandler, type ReleaseHandlerDeps } from './lambda/release-handler.ts';

export const makeHandler = (deps: ReleaseHandlerDeps) => makeReleaseHandler('soak', deps, beginSoak);

export const handler = lazily(env => makeHandler({ ...openShared(env), ledger: openLedger(env) }));
