import { type AuditDeps, audit } from '../application/operations/audit.ts';
import { auditInputSchema } from '../application/operations/schemas/audit.ts';
import { makeLambda } from './lambda/handler.ts';
import { lazily, openLedger, openShared } from './lambda/open.ts';

export const makeHandler = (deps: AuditDeps) =>
  makeLambda('audit', deps, async event => audit(deps, auditInputSchema.parse(event)));

export const handler = lazily(env => makeHandler({ ...openShared(env), ledger: openLedger(env) }));
