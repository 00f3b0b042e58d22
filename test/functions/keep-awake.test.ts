import { afterEach, describe, expect, it } from 'vitest';
import { openLambdaSleepers } from '../../adapters/sleepers/lambda-sleepers.ts';
import { type Sleepers, SleeperUnreachableError } from '../../adapters/sleepers/sleepers.ts';
import { lazily } from '../../functions/lambda/open.ts';
import { makeHandler } from '../../functions/reconcile.ts';
import type { RawRequest } from '../../lab/aws/endpoint.ts';
import { AwsError, openWireServer } from '../../lab/aws/wire-server.ts';
import { named, openFakes } from './fakes.ts';
import { scheduled } from './handler-cases.ts';

const HOUR = 3_600;

/** Passes of one process, a minute apart. */
async function passes(count: number, wake: (name: string) => Promise<void> = async () => {}) {
  const fakes = await openFakes();
  const woken: [name: string, atSeconds: number][] = [];
  const beganMs = fakes.clock.now();
  const sleepers: Sleepers = {
    functions: ['arn:read-slot:7', 'arn:record-live'],
    async wake(name) {
      woken.push([name, (fakes.clock.now() - beganMs) / 1000]);
      await wake(name);
    },
  };
  const reconcile = makeHandler({ ...fakes.deps, sleepers });
  const outcomes: unknown[] = [];
  for (let pass = 0; pass < count; pass += 1) {
    outcomes.push(await reconcile(scheduled).catch((error: unknown) => error));
    fakes.wait((pass + 1) * 60);
  }
  return { woken, outcomes, fakes };
}

describe('the reconciler', () => {
  it('calls each function in the VPC once an hour, for as long as nothing else does', async () => {
    const { woken, outcomes } = await passes(180);

    for (const name of ['arn:read-slot:7', 'arn:record-live']) {
      const at = woken.filter(([one]) => one === name).map(([, seconds]) => seconds);
      expect(at[0]).toBe(0); // a new process knows nothing of the one before
      expect(at.length).toBeGreaterThanOrEqual(3);
      expect(at.length).toBeLessThanOrEqual(4);
      for (const [index, seconds] of at.slice(1).entries())
        expect(seconds - (at[index] ?? 0)).toBeLessThanOrEqual(HOUR);
    }
    expect(outcomes.every(outcome => Array.isArray(outcome))).toBe(true);
  });

  it('says which one it could not call, tries it again in the next pass, and does everything else meanwhile', async () => {
    let isAway = true;
    const { woken, outcomes } = await passes(2, async name => {
      if (name !== 'arn:read-slot:7' || !isAway) return;
      isAway = false;
      throw new SleeperUnreachableError('Lambda did not call arn:read-slot:7: denied');
    });

    expect(outcomes[0]).toMatchObject(named('PartlyFailedError', /Lambda did not call arn:read-slot:7: denied/));
    expect(outcomes[1]).toEqual([]);
    expect(woken.map(([name]) => name)).toEqual(['arn:read-slot:7', 'arn:record-live', 'arn:read-slot:7']);
  });
});

describe('a function that is called to stay awake', () => {
  it('opens nothing, and does nothing', async () => {
    let opened = 0;
    const handler = lazily(() => {
      opened += 1;
      return async () => 'did its work';
    });

    expect(await handler({ sluice: 'stayAwake' })).toBeUndefined();
    expect(opened).toBe(0);
    for (const event of [{ sluice: 'go' }, { releaseId: 'shop-1', run: 1 }, null, 'stayAwake']) {
      expect(await handler(event)).toBe('did its work');
    }
  });
});

describe('Lambda', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  const open = async (answer: (request: RawRequest) => number | AwsError) => {
    const requests: RawRequest[] = [];
    const wire = await openWireServer({
      endpoints: [
        {
          signingName: 'lambda',
          operationOf: () => 'Invoke',
          answer: async request => {
            requests.push(request);
            const result = answer(request);
            if (result instanceof AwsError) throw result;
            return { statusCode: result, body: '' };
          },
        },
      ],
    });
    closers.push(() => wire.close());
    const env = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
    const sleepers = openLambdaSleepers({ ...env, AWS_ENDPOINT_URL_LAMBDA: wire.url, KEEP_AWAKE: 'arn:one:1,arn:two' });
    return { sleepers, requests };
  };
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:sluice-admit:7';

  it('is asked to call the version, and not waited for', async () => {
    const { sleepers, requests } = await open(() => 202);

    await sleepers.wake(ARN);

    expect(sleepers.functions).toEqual(['arn:one:1', 'arn:two']);
    expect(decodeURIComponent(requests[0]?.path ?? '')).toContain('function:sluice-admit:7/invocations');
    expect(requests[0]?.headers['x-amz-invocation-type']).toBe('Event');
    expect(JSON.parse(requests[0]?.body.toString() ?? '')).toEqual({ sluice: 'stayAwake' });
  });

  it('has woken it where it says that it was asleep', async () => {
    const { sleepers } = await open(() => new AwsError('ResourceNotReadyException', 'The function is inactive', 502));

    await expect(sleepers.wake(ARN)).resolves.toBeUndefined();
  });

  it('that refuses is an error with the function’s name', async () => {
    const { sleepers } = await open(() => new AwsError('AccessDeniedException', 'not authorized', 403));

    await expect(sleepers.wake(ARN)).rejects.toMatchObject(
      named('SleeperUnreachableError', /function:sluice-admit:7: AccessDeniedException/),
    );
  });

  it('has nothing to do where no function is in a VPC', () => {
    expect(openLambdaSleepers({ AWS_REGION: 'eu-west-1' }).functions).toEqual([]);
  });
});
