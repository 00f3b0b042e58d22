import { type OpenPreviewDeps, openPreview } from '../application/release/open-preview.ts';
import { lazily, openLedger, openRouting, openShared } from './lambda/open.ts';
import { makeReleaseHandler } from './lambda/release-handler.ts';

export const makeHandler = (deps: OpenPreviewDeps) =>
  makeReleaseHandler('open-preview', deps, call => openPreview(deps, call));

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), ledger: openLedger(env), router: openRouting(env).router }),
);
