import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openControlPlane } from '../../cli/control-plane/control-plane.ts';
import { fitted, say, type Terminal } from '../../cli/terminal.ts';

/** Moves the cursor up, deletes what stands there, and writes another line. */
const STEERS = 'errors\x1b[1A\x1b[2K\rpromoted\x1b]0;all is well\x07';

function terminal() {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  const mine: Terminal = { out: write, err: write, exitCode: 0 };
  return { mine, written };
}

it('what people are told has our colours and nothing else that a terminal obeys', () => {
  const { mine, written } = terminal();
  say(mine, `\x1b[33mrolled back\x1b[39m: ${STEERS}\n`);
  fitted(mine).err(`refused: ${STEERS}\n`);
  expect(written).toEqual(['\x1b[33mrolled back\x1b[39m: errorspromoted\n', 'refused: errorspromoted\n']);
});

it('an answer of a control plane has none of it, in whatever member, and nor has its refusal', async () => {
  // Prepare: Lambda's Invoke, as it answers for a function whose ledger was written before reasons were cleaned
  let failed = false;
  const server = createServer((_, response) => {
    if (failed) response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(
      JSON.stringify(failed ? { errorType: 'RefusedError', errorMessage: STEERS } : { state: { [STEERS]: [STEERS] } }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  const plane = await openControlPlane({ functionPrefix: 'sluice-' }, env);
  try {
    // Act and assess
    expect(await plane.call('status', { workload: 'shop' })).toEqual({ state: { errorspromoted: ['errorspromoted'] } });
    failed = true;
    await expect(plane.call('status', { workload: 'shop' })).rejects.toMatchObject({ message: 'errorspromoted' });
  } finally {
    plane.close();
    server.closeAllConnections();
    server.close();
  }
});
