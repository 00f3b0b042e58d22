import { nameNextStep } from '../application/release/next-step.ts';
import { lazily, openLedger, openShared } from './lambda/open.ts';
import { makeReleaseHandler, type ReleaseHandlerDeps } from './lambda/release-handler.ts';

export const makeHandler = (deps: ReleaseHandlerDeps) => makeReleaseHandler('next-step', deps, nameNextStep);

export const handler = lazily(env => makeHandler({ ...openShared(env), ledger: openLedger(env) }));
