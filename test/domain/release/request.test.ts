import { describe, expect, it } from 'vitest';
import type { Although } from '../../../domain/ledger/facts.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { considerPush } from '../../../domain/release/push.ts';
import { considerRequest } from '../../../domain/release/request.ts';
import { at, imageOf, type Line, releaseLines, requested, stateOf } from '../../support/ledger-lines.ts';

const wanted = (digit: string, more: { onNewImage?: Plan['onNewImage']; although?: Although } = {}) => ({
  container: 'app',
  image: imageOf(digit),
  plan: { onNewImage: more.onNewImage ?? ('queue' as const) },
  ...(more.although !== undefined && { although: more.although }),
});
const [asked = [0, requested()], started = [0, { kind: 'runClaimed', run: 1 }]] = releaseLines({});
const digitOf = (line: Line): string => (line[1].kind === 'requested' ? (line[1].images.app?.digest.at(-1) ?? '') : '');
const mine = digitOf(asked);
const other = mine === '9' ? '8' : '9';
const queued: Line = [5, requested({ images: { app: imageOf(other) } }), { releaseId: 'shop-2' }];
const back: Line = [6, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'slow' }];

describe('a request', () => {
  it('of an image that nobody asked for is a release of its own', () => {
    expect(considerRequest(stateOf(), wanted(mine), true)).toEqual({ kind: 'request' });
    expect(considerRequest(stateOf(asked, started), wanted(other), true)).toEqual({ kind: 'request' });
  });

  it.each([
    ['that is on its way, before it is admitted', [asked, started], mine, 'shop-1'],
    ['that waits', [...releaseLines({}), queued], other, 'shop-2'],
  ] as const)('of an image %s is that release, and a push of it is too', (_, lines, digit, releaseId) => {
    const state = stateOf(...lines);
    expect(considerRequest(state, wanted(digit), true)).toMatchObject({ kind: 'same', release: { releaseId } });
    const { digest, repository } = imageOf(digit);
    const push = { digest, repository, tag: 'v', pushedAtEpochMs: at(0) };
    expect(considerPush(state, push, 'app')).toEqual({ kind: 'asked', releaseId });
  });

  it('of what was admitted may be another revision, where a person asks and nothing waits yet', () => {
    const admitted = stateOf(...releaseLines({}));
    expect(considerRequest(admitted, wanted(mine), true)).toEqual({ kind: 'request', againOf: 'shop-1' });
    expect(considerRequest(admitted, wanted(mine), false)).toMatchObject({ kind: 'same' });
    expect(considerRequest(admitted, wanted(mine, { onNewImage: 'reject' }), true)).toMatchObject({ kind: 'same' });
    const two = stateOf(...releaseLines({}), queued);
    expect(considerRequest(two, wanted(mine), true)).toMatchObject({ kind: 'same', release: { releaseId: 'shop-1' } });
  });

  it('that overrides an alarm of a release without traffic is about that release', () => {
    const although = { alarms: ['slo'] };
    expect(considerRequest(stateOf(...releaseLines({})), wanted(mine, { although }), true)).toMatchObject({
      kind: 'same',
    });
  });

  it('of what goes back is a release of its own, and a push of it is not', () => {
    const state = stateOf(...releaseLines({}), back);
    expect(considerRequest(state, wanted(mine), true)).toEqual({ kind: 'request' });
    const { digest, repository } = imageOf(mine);
    expect(considerPush(state, { digest, repository, tag: 'v', pushedAtEpochMs: at(0) }, 'app')).toMatchObject({
      kind: 'ignored',
      because: expect.stringContaining('is rolling back'),
    });
  });

  it('of another image is refused where the plan says so, while a release is in progress', () => {
    const wants = wanted(other, { onNewImage: 'reject' });
    expect(considerRequest(stateOf(asked, started), wants, false)).toMatchObject({
      kind: 'refused',
      releaseId: 'shop-1',
      because: 'shop-1 is in progress, and the plan says onNewImage: reject',
    });
    expect(considerRequest(stateOf(), wants, false)).toEqual({ kind: 'request' });
  });
});
