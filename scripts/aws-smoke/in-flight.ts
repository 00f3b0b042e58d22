import type { SmokeCheck } from './check.ts';
import { ask, forward } from './load-balancer.ts';

const REQUESTS = 20;
const SLOW_MS = 20_000;

/** Requests that a target still works at when nobody new is sent to its group any more. */
export const inFlight: SmokeCheck = {
  name: 'in-flight',
  question: 'What becomes of requests that are under way when their group leaves the rule?',
  assumed: 'they are answered to the end: the way back and a promotion take nobody away (docs/design.md, "Going back")',
  otherwise:
    'the way back goes to both groups with the canary at weight 0, and to the one group only when the canary has drained',
  async run(alb) {
    const { slowMs = SLOW_MS } = alb;
    await forward(alb, { green: 1 });
    await alb.pause(60_000);
    const asked = Array.from({ length: REQUESTS }, () =>
      ask(alb, `/slow/${slowMs}`).then(
        ({ status, body }) => (status === 200 ? body : String(status)),
        (error: Error) => error.message,
      ),
    );
    // sent, and not answered by far: the group leaves in the middle of it
    await new Promise(resolve => setTimeout(resolve, slowMs / 4));
    await forward(alb, { blue: 1 });
    const answers = await Promise.all(asked);
    const ended = answers.filter(answer => answer === 'green').length;
    return {
      sent: REQUESTS,
      answeredByTheGroupThatLeft: ended,
      others: answers.filter(answer => answer !== 'green'),
      answer: ended === REQUESTS ? 'answered to the end, all of them' : `${REQUESTS - ended} of ${REQUESTS} were not`,
    };
  },
};
