import type { Draining } from '../routers/draining.ts';
import type { Admission } from './facts.ts';
import { LedgerBrokenError } from './fold.ts';

/** As lines from before version 7 said it, when there was one kind of router: in the words of its load balancer. */
interface Before7 {
  deregistrationDelaySeconds?: number;
  stickinessSeconds?: number;
}

/**
 * How long a slot serves on that gets no new clients, as admission found it, in whichever words its line has it.
 * @throws LedgerBrokenError it does not say so, which is never taken for "not at all"
 */
export function drainingOf(admission: Pick<Admission, 'draining' | 'revision'>): Draining {
  if (admission.draining !== undefined) return admission.draining;
  const { deregistrationDelaySeconds: connectionsSeconds, stickinessSeconds: clientsSeconds } = admission as Before7;
  if (connectionsSeconds === undefined || clientsSeconds === undefined) {
    throw new LedgerBrokenError(`the admission of revision ${admission.revision} does not say how long a slot drains`);
  }
  return { connectionsSeconds, clientsSeconds };
}
