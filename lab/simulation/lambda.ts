import type { LambdaHandler } from '../../functions/lambda/handler.ts';
import { Invocation, inInvocation } from './invocation.ts';
import type { FaultSource } from './port-faults.ts';
import type { Stage } from './stage.ts';
import { virtualSleep } from './virtual-time.ts';

/** What infra/ gives every function; the machines give a task 30 s. */
const LAMBDA_TIMEOUT_MS = 20_000;

/** A look every five seconds, with what it asks before, and all faults: that of one workload. */
const CALLS_PER_HOUR = 2_000;

export type Handlers = Record<string, LambdaHandler<unknown>>;

/** Calls a handler as Lambda does, with what Lambda and the calls to it can do wrong. */
export type Invoke = (name: string, event: unknown) => Promise<unknown>;

export function openLambda(stage: Stage, handlers: Handlers, faults: FaultSource): Invoke {
  let calls = 0;
  const random = stage.random('invocations');
  const clocks = stage.random('clocks');

  let hour = 0;
  let callsOfHour = 0;
  /** A loop that spins does all as it should, and so often that nobody could pay for it. */
  function countHour(): void {
    const now = Math.floor(stage.elapsedMs / 3_600_000);
    callsOfHour = now === hour ? callsOfHour + 1 : 1;
    hour = now;
    stage.coverage.most('most calls of handlers in an hour', callsOfHour);
    if (callsOfHour === CALLS_PER_HOUR * stage.sites.size) {
      stage.violate('nothing spins', `${callsOfHour} calls of handlers in an hour`);
    }
  }

  /** One process, from its start to its end. */
  async function once(name: string, event: unknown, dies = false): Promise<unknown> {
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`there is no handler ${name}`);
    calls += 1;
    const invocation = new Invocation(calls, name, event);
    const { clockSkewMs } = stage;
    if (clockSkewMs > 0) invocation.clockOffsetMs = clocks.whole(-clockSkewMs, clockSkewMs);
    if (dies) invocation.diesAfterEffects = random.whole(1, 3);
    stage.coverage.count(`handler: ${name}`);
    countHour();
    const timeOut = setTimeout(() => {
      if (invocation.isAlive) stage.trace.tell(invocation.who, 'FAULT: ended by Lambda after 20 s');
      stage.coverage.count('fault: ended by Lambda');
      invocation.isHarmed = true;
      invocation.die('Sandbox.Timedout', 'Task timed out after 20.00 seconds');
    }, LAMBDA_TIMEOUT_MS);
    try {
      const result = await inInvocation(invocation, () =>
        Promise.race([handler(event, { awsRequestId: `call-${invocation.id}` }), invocation.died]),
      );
      return result;
    } catch (error) {
      const { name: errorName, message } = error as Error;
      if (errorName !== 'StaleExecutionError') stage.trace.tell(invocation.who, `failed: ${errorName}: ${message}`);
      throw error;
    } finally {
      invocation.isAlive = false;
      clearTimeout(timeOut);
    }
  }

  return async (name, event) => {
    const { rates: all, outages } = faults(event);
    const isFull = outages.some(
      ({ system, fromMs, untilMs, share }) =>
        system === 'account' && stage.elapsedMs >= fromMs && stage.elapsedMs < untilMs && random.chance(share),
    );
    if (isFull) {
      stage.coverage.count('outage of account');
      await virtualSleep(200);
      throw tooMany();
    }
    const rates = all?.invocation;
    if (rates === undefined) return once(name, event);
    const meets = (fault: keyof typeof rates): boolean => {
      if (!random.chance(rates[fault])) return false;
      stage.coverage.count(`fault: handler ${fault}`);
      stage.trace.tell(name, `FAULT: ${SENTENCES[fault]}`);
      return true;
    };
    if (meets('throttled')) {
      await virtualSleep(200);
      throw tooMany();
    }
    if (meets('slowStart')) await virtualSleep(random.whole(1_000, 8_000));
    if (meets('twice')) {
      // the other one, whose answer nobody waits for
      const laterMs = random.whole(0, 15_000);
      virtualSleep(laterMs)
        .then(() => once(name, event))
        .catch(() => {});
    }
    const result = await once(name, event, random.chance(rates.halfway));
    if (meets('again')) return once(name, event);
    if (meets('answerLost')) throw Object.assign(new Error('the answer is lost'), { name: 'Lambda.ServiceException' });
    return result;
  };
}

const tooMany = () => Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });

const SENTENCES = {
  throttled: 'Lambda has no room for this call',
  answerLost: 'it ran, and its answer is lost',
  twice: 'it is called twice at once',
  again: 'it is called once more after its end',
  slowStart: 'a slow cold start',
  halfway: 'it dies after some of what it does',
};
