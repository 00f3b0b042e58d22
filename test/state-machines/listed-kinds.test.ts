import { expect, it } from 'vitest';
import { output } from '../../application/outputs.ts';
import type { RollBackInput } from '../../application/roll-back/way-back.ts';
import { makeReleaseHandler, type ReleaseHandlerDeps } from '../../functions/lambda/release-handler.ts';
import { carriedBack, makeRollBackHandler } from '../../functions/lambda/roll-back-handler.ts';

/*
 * A kind that is listed for a handler and that no code of it returns is a way of the machine that nobody takes. The types say
 * so where the handler is made, from what its use case returns: `npm run types` fails here when they no longer do.
 */

declare const deps: ReleaseHandlerDeps;
declare const coin: boolean;
declare const input: RollBackInput;

const advance = async () => output({ kind: 'advance', because: 'done' });
const lookAgain = async () => output({ kind: 'lookAgain', because: 'wait' });
const either = async () => (coin ? advance() : lookAgain());

it('a handler whose code returns less or more than is listed for it does not pass the types', () => {
  const cases = [
    () => makeReleaseHandler('open-preview', deps, advance),
    () => makeReleaseHandler('shift-traffic-in-cluster', deps, either),
    // @ts-expect-error the list says that it may look again, and nothing returns that
    () => makeReleaseHandler('shift-traffic-in-cluster', deps, advance),
    // @ts-expect-error the list does not say that it may look again
    () => makeReleaseHandler('open-preview', deps, either),
    () => makeRollBackHandler('restore-traffic-in-cluster', deps, either),
    // @ts-expect-error the list says that it may advance, and nothing returns that
    () => makeRollBackHandler('restore-traffic-in-cluster', deps, lookAgain),
    // @ts-expect-error the list says that its twin in the cluster may be meant, and nothing returns that
    async () => carriedBack('restore-traffic', input, await either()),
  ];
  expect(cases).toHaveLength(7);
});
