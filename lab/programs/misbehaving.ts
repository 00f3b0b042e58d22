/**
 * node lab/programs/misbehaving.ts KIND [STATE]: a program that misbehaves in one of the ways of misbehaviours.ts, for
 * `sluice lab --canary`. Listens on PORT; GET /ready is its readiness. STATE is a folder for the kinds that remember something.
 */
import { createServer } from 'node:http';
import { MISBEHAVIOURS } from './misbehaviours.ts';

const [kind = '', stateFolder = ''] = process.argv.slice(2);
const how = MISBEHAVIOURS[kind];
if (how === undefined) {
  console.error(`there is no kind "${kind}"; expected one of ${Object.keys(MISBEHAVIOURS).join(', ')}`);
  process.exit(2);
}

let requests = 0;
let listensSinceMs = 0;
const server = createServer((request, response) => {
  const isProbe = request.url === '/ready';
  if (!isProbe) requests += 1;
  request.resume();
  request.on('end', () => {
    const at = { nth: requests, aliveMs: performance.now() - listensSinceMs, isProbe };
    if (how.answers?.(request, response, at) === true) return;
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 3 }).end('ok\n');
  });
});

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(0), 2_000).unref(); // what hangs does not keep it
});

setTimeout(() => {
  how.starts?.(server, { hostname: process.env.HOSTNAME ?? 'here', stateFolder });
  const port = how.ignoresPort === true ? 0 : Number(process.env.PORT ?? 0);
  server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
    listensSinceMs = performance.now();
    console.log(`${kind} listens`);
  });
}, how.listensAfterMs ?? 0);
