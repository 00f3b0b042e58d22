import { type OpenApprovalDeps, openApproval } from '../application/release/open-approval.ts';
import { lazily, openLedger, openNotify, openShared } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: OpenApprovalDeps) =>
  makeReleaseHandler('open-approval', deps, call => openApproval(deps, call));

export const handler = lazily(env => makeHandler({ ...openShared(env), ...openNotify(env), ledger: openLedger(env) }));
