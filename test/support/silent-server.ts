import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** Takes every connection and never says anything: the worst that an outside system does. */
export async function openSilentServer() {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {}); // who waited gave up
    socket.once('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close(): Promise<void> {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
