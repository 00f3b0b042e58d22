import { type CallHookDeps, callHook } from '../application/release/call-hook.ts';
import { lazily, openHooks, openLedger, openShared } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: CallHookDeps) => makeReleaseHandler('call-hook', deps, call => callHook(deps, call));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), hooks: openHooks(env) }),
);
