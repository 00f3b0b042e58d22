import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A target that does with the bytes of each connection what `onData` says: for answers that no HTTP server would give. */
export async function openRawTarget(onData: (socket: Socket, text: string, connection: number) => void) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(socket => {
    sockets.add(socket);
    connections += 1;
    const nth = connections;
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', data => onData(socket, data.toString('latin1'), nth));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    connections: () => connections,
    openConnections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
