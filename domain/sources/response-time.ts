/** The idle time-out that every new Application Load Balancer has: no answer takes longer, for its client gets a 504. */
export const IDLE_TIMEOUT = '60s';
/** More cannot be set. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html */
export const LONGEST_IDLE_TIMEOUT_SECONDS = 4000;
/** Nothing answers within it; the load balancer measures no shorter time. */
export const SHORTEST_SECONDS = 1e-6;
