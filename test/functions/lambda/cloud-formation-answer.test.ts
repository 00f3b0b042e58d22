import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, fitted, sendAnswer } from '../../../functions/lambda/cloud-formation-answer.ts';

const ANSWER: Answer = {
  Status: 'FAILED',
  PhysicalResourceId: 'nothing-made',
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Rule',
  Reason: 'no',
};
const bytesOf = (answer: object) => Buffer.byteLength(JSON.stringify(answer));

describe('an answer to CloudFormation', () => {
  it.each([
    ['letters of one byte', 'x'],
    ['letters of three bytes', '✖'],
    ['letters of four bytes', '🚦'],
    ['what JSON writes with more', '"\n\u0001'],
  ])('has at most 4,096 bytes, and as much of a long reason as fits: %s', (_, letter) => {
    const given = letter.repeat(5_000);
    const answer = fitted({ ...ANSWER, Reason: given });
    expect(bytesOf(answer)).toBeLessThanOrEqual(4_096);
    expect(bytesOf(answer)).toBeGreaterThan(4_096 - 12);
    const { Reason = '', ...others } = answer;
    expect(others).toEqual({ ...ANSWER, Reason: undefined });
    expect(Reason.at(-1)).toBe('…');
    expect(given.startsWith(Reason.slice(0, -1))).toBe(true);
    expect(Reason.isWellFormed()).toBe(true);
  });

  it('that fits is sent as it is', () => {
    const Reason = 'x'.repeat(4_096 - bytesOf({ ...ANSWER, Reason: '' }));
    expect(fitted({ ...ANSWER, Reason })).toEqual({ ...ANSWER, Reason });
    expect(fitted({ ...ANSWER, Reason: `${Reason}x` }).Reason).not.toBe(`${Reason}x`);
  });

  it('whose attributes do not fit is a failure that says so, and keeps the name of what was made', () => {
    const { Reason: _, ...others } = ANSWER;
    const made: Answer = { ...others, Status: 'SUCCESS', PhysicalResourceId: 'arn', Data: { Ca: 'x'.repeat(5_000) } };
    expect(fitted(made)).toEqual({
      ...others,
      Status: 'FAILED',
      PhysicalResourceId: 'arn',
      Reason: expect.stringMatching(/^the answer has 5\d{3} bytes, and CloudFormation takes 4096: its attributes/),
    });
  });
});

describe('sending it', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  /** Answers with these one after the other; 0 hangs up. */
  async function bucket(...statuses: number[]) {
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        const status = statuses.shift() ?? 200;
        if (status === 0) return request.socket.destroy();
        bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
        response.writeHead(status).end('<Error/>');
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise<void>(resolve => server.close(() => resolve())));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=secret`;
    const pauses: number[] = [];
    return { bodies, pauses, send: () => sendAnswer(url, ANSWER, async ms => pauses.push(ms)) };
  }

  it.each([503, 500, 0])('is tried again where the first try meets %s', async status => {
    const { send, bodies, pauses } = await bucket(status);
    expect(await send()).toEqual(ANSWER);
    expect(bodies.at(-1)).toEqual(ANSWER);
    expect(pauses).toEqual([1_000]);
  });

  it('is a fault where it is never taken, or will not be: the address is in no message', async () => {
    for (const [statuses, because] of [
      [[503, 503], 'CloudFormation did not take the answer: status 503'],
      [[403], 'CloudFormation did not take the answer: status 403'],
    ] as const) {
      const { send, bodies } = await bucket(...statuses);
      await expect(send()).rejects.toThrow(because);
      expect(bodies).toHaveLength(statuses.length);
    }
    const gone = await bucket();
    for (const close of closers.splice(0)) await close();
    await expect(gone.send()).rejects.toThrow(
      /^CloudFormation did not take the answer: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
    );
  });
});
