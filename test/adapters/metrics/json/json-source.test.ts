import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openJsonSource } from '../../../../adapters/metrics/json/json-source.ts';
import type { Metric } from '../../../../domain/plan/plan.ts';
import type { JsonMeasure } from '../../../../domain/sources/json/facts.ts';
import { MINUTE_MS, minuteAt, NOON, requestOf } from '../metric-source.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

async function endpoint(answer: (response: ServerResponse) => void) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
const says = (value: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(value));
const check = (url: string, jsonPath: string, headers: JsonMeasure['headers'] = {}): Metric => ({
  name: 'check',
  source: { kind: 'json', measure: { kind: 'json', url, jsonPath, headers } },
  judge: {
    kind: 'threshold',
    failureCondition: 'result > 5',
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    intervalSeconds: 60,
    initialDelaySeconds: 0,
  },
});
const source = openJsonSource({}, { loopback: true });
const read = async (url: string, jsonPath: string) =>
  (await source.read(requestOf({ metrics: [check(url, jsonPath)] })))[0]?.reading;
const result = (value: unknown) => ({ kind: 'result', result: value });

describe('the source of JSON endpoints', () => {
  it('reads the value that the path names, a list where it can match several, and no data where it matches none', async () => {
    const { url } = await endpoint(says({ data: { ok: true, codes: [{ n: 1 }, { n: 2 }] } }));
    expect(await read(url, '$.data.ok')).toEqual(result(true));
    expect(await read(url, '$.data.codes[*].n')).toEqual(result([1, 2]));
    expect(await read(url, '$.data.codes[?@.n > 1].n')).toEqual(result([2]));
    expect(await read(url, '$.data')).toEqual(result({ ok: true, codes: [{ n: 1 }, { n: 2 }] }));
    expect(await read(url, '$.data.nothing')).toEqual({
      kind: 'noData',
      reason: `check: GET ${url}/ answered nothing at $.data.nothing`,
    });
  });

  it('gives up a path that goes over the answer again and again, and follows one into the deepest that is read', async () => {
    const long = await endpoint(says({ codes: [{ text: `${'a'.repeat(60)}!` }] }));
    expect(await read(long.url, "$.codes[?match(@.text, '(a|a)*b')]")).toEqual({
      kind: 'noData',
      reason: `check: $.codes[?match(@.text, '(a|a)*b')] over what GET ${long.url}/ answered takes more than 500 ms`,
    });
    let deep: unknown = 7;
    for (let level = 0; level < 99; level += 1) deep = [deep];
    const nested = await endpoint(says(deep));
    expect(await read(nested.url, '$..[?@ == 7]')).toEqual(result([7]));
  });

  it('asks once a look with the variables and headers of the plan, and answers for the window that ended last', async () => {
    const { asked, url } = await endpoint(says(3));
    const windows = [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)];
    const metrics = [check(`${url}/\${workload}/\${slot}?r=\${revision}&w=\${window}`, '$', { 'x-team': 'shop' })];
    const readings = await source.read(requestOf({ metrics, windows, revisions: { blue: 'old', green: 'a/b' } }));
    expect(readings).toEqual([
      { metric: 'check', ...minuteAt(NOON + MINUTE_MS), reading: result(3), settled: { canary: true, stable: true } },
    ]);
    expect(asked.map(({ url: path, headers }) => [path, headers['x-team']])).toEqual([
      ['/checkout/green?r=a%2Fb&w=60s', 'shop'],
    ]);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['answers 500', response => void response.writeHead(500).end(), /answered 500$/],
    ['answers 404', response => void response.writeHead(404).end('{}'), /answered 404$/],
    [
      'sends us elsewhere',
      response => void response.writeHead(301, { location: '/x' }).end(),
      /redirects are not followed$/,
    ],
    ['answers no JSON', response => void response.end('<html>'), /answered with what is not JSON$/],
    [
      'answers too much',
      response => void response.end('1'.repeat(1_000_001)),
      /answered more than 1 MB, the most that is read: ask for less/,
    ],
    ['says nothing', () => {}, /no whole answer within 0.3 s$/],
  ])('is unreachable when the endpoint %s, and keeps what others answered', async (_, answer, message) => {
    const [broken, good] = [await endpoint(answer), await endpoint(says(1))];
    const metrics = [
      { ...check(`${broken.url}/?token=geheim`, '$'), name: 'broken' },
      { ...check(good.url, '$'), name: 'good' },
    ];
    const failure = await openJsonSource({}, { loopback: true, timeoutMs: 300 })
      .read(requestOf({ metrics }))
      .catch(error => error);
    expect(failure).toMatchObject({
      name: 'MetricSourceUnreachableError',
      message: expect.stringMatching(/^broken: GET /),
      readings: [{ metric: 'good', reading: result(1) }],
    });
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('geheim');
  });

  it('asks over https only, and nothing on the computer that it runs on', async () => {
    const { asked, url } = await endpoint(says(1));
    const message = async (of: string) =>
      (await openJsonSource({})
        .read(requestOf({ metrics: [check(of, '$')] }))
        .catch((error: Error) => error)) as Error;
    expect((await message(url)).message).toMatch(/on this computer, which only the lab asks$/);
    expect((await message('https://localhost/')).message).toMatch(/on this computer, which only the lab asks$/);
    expect((await message('http://checks.example/')).message).toMatch(/expected an https address/);
    expect(asked).toEqual([]);
  });

  it('has no data where the answer is nested too deep to be walked', async () => {
    const deep = 20_000;
    const { url } = await endpoint(response => void response.end('['.repeat(deep) + ']'.repeat(deep)));
    expect(await read(url, '$')).toEqual({
      kind: 'noData',
      reason: `check: GET ${url}/ answered with more than 100 levels`,
    });
    const { url: flat } = await endpoint(response => void response.end('['.repeat(100) + ']'.repeat(100)));
    expect((await read(flat, '$'))?.kind).toBe('result');
  });

  it('has no data where what it found is more than a check answers', async () => {
    const { url } = await endpoint(says('x'.repeat(20_000)));
    expect(await read(url, '$')).toEqual({ kind: 'noData', reason: 'check: more than 10000 characters at $' });
  });
});
