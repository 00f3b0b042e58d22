/** Two values of a key of the workload with which the same Deployment becomes another slot. */
export const SLOT_ROWS: Record<string, [a: object, b: object]> = {
  port: [{ port: 'http' }, { port: 'metrics' }],
  keepLabels: [{ keepLabels: [] }, { keepLabels: ['tier'] }],
  labels: [{}, { labels: { team: 'shop' } }],
};
