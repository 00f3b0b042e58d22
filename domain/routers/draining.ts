/** How long a slot serves on after its weight is 0, as its router says. */
export interface Draining {
  /** Seconds that connections stay open to a pod that the router gives up. */
  connectionsSeconds: number;
  /** Seconds for which a client stays with the slot that it was sent to once (by a cookie, say); 0: no client does. */
  clientsSeconds: number;
}
