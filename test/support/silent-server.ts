import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Takes every connection and never says anything: the worst that an outside system does. */
export const openSilentServer = () => serve(socket => void socket.resume());

/** Leads every new connection to whatever this says then. @param address `http://127.0.0.1:<port>` */
export const openDoor = (address: () => string) =>
  serve(socket => {
    const { hostname, port } = new URL(address());
    const behind = connect(Number(port), hostname);
    behind.on('error', () => socket.destroy());
    socket.once('close', () => behind.destroy());
    socket.pipe(behind).pipe(socket);
  });

async function serve(take: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()); // who waited gave up
    socket.once('close', () => sockets.delete(socket));
    take(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close(): Promise<void> {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
