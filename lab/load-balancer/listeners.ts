import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

/**
 * Node (libuv) accepts one connection per listening socket and turn of the event loop. Clients that open connections
 * faster than that, because the machine has stalled and every old one is busy, wait before the point of no return for seconds while
 * those who are inside are served. With several sockets as many come in with each turn.
 */
const SOCKETS = 16;

/**
 * Connections that may wait before each socket. With node's 511 a stall of half a second at 1,000 requests a second makes
 * the kernel drop some, whose clients then wait a second and more to try again.
 */
const BACKLOG = 4096;

export interface Listeners {
  port: number;
  /** No more connections; resolves when those that there are have ended. */
  close(): Promise<void>;
}

/**
 * Lets `server` listen on 127.0.0.1, by several sockets on one port where the platform shares a port's connections out.
 * @param port 0 takes a free one   @throws EADDRINUSE somebody has the port, be it another load balancer of a lab
 */
export async function openListeners(server: HttpServer, port: number): Promise<Listeners> {
  // sockets that share a port share it with any other of the same user: so it has to be free first
  if (port !== 0) await refuseIfTaken(port);
  const reusePort = process.platform === 'linux' && nodeSharesPorts(); // macOS gives all connections to one socket
  await listen(server, port, reusePort);
  const { port: opened } = server.address() as AddressInfo;
  const sockets: Server[] = [server];
  while (reusePort && sockets.length < SOCKETS) {
    // as an HTTP server sets up its own sockets
    const socket = createServer({ allowHalfOpen: true, noDelay: true }, socket => server.emit('connection', socket));
    await listen(socket, opened, reusePort);
    sockets.push(socket);
  }
  return {
    port: opened,
    close: async () => {
      await Promise.all(sockets.map(close));
    },
  };
}

/** Since Node 22.12: an older one ignores the option, and the second socket would be refused. */
function nodeSharesPorts(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}

async function refuseIfTaken(port: number): Promise<void> {
  const probe = createServer();
  await listen(probe, port, false);
  await close(probe);
}

const listen = (server: Server, port: number, reusePort: boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG, reusePort }, () => {
      server.off('error', reject);
      resolve();
    });
  });

const close = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()));
