import { describe, expect, it } from 'vitest';
import type { SlotSeen } from '../../../domain/ledger/facts.ts';
import { approval, hook, type Line, readied, weight } from '../../support/ledger-lines.ts';
import { judged, look } from '../../support/looks.ts';

describe('a canary that is made ready', () => {
  const sized: Line[] = [judged, [10, { kind: 'sizeIntended', slot: 'green', replicas: 2, weight: 10 }]];
  const seen = (available: number, more: Partial<SlotSeen> = {}): Line => [
    11,
    { kind: 'slotSeen', slot: 'green', desired: 2, available, ready: available === 2, ...more },
  ];

  it('is sized before it is waited for, also after a look that was called twice', () => {
    const goesOn = { kind: 'advance', because: 'the next step is to begin' };
    expect(look({}, [judged], 10).move).toEqual(goesOn);
    // sized for a smaller weight is not sized
    const small: Line[] = [
      ...readied(0, 10),
      [1, { kind: 'stepDone', index: 0, because: '' }],
      [2, { kind: 'stepDone', index: 1, because: '' }],
    ];
    expect(look({}, small, 10).move).toEqual(goesOn);
  });

  it('waits for its pods, then for the load balancer', () => {
    expect(look({}, sized, 12, { healthyCanaryTargets: 0 }).move).toEqual({
      kind: 'lookAgain',
      seconds: 5,
      because: '0 of 2 pods ready in green',
    });
    expect(look({}, [...sized, seen(1)], 12, { healthyCanaryTargets: 1 }).move).toMatchObject({
      because: '1 of 2 pods ready in green',
    });
    expect(look({}, [...sized, seen(2)], 12, { healthyCanaryTargets: 1 }).move).toMatchObject({
      because: '1 of 2 targets healthy in green',
    });
  });

  it('says what the load balancer says of its targets, keeps it for status once, and goes back with it', () => {
    const canaryTargetsBecause = '2 unhealthy: Target.Timeout (Request timed out)';
    const more = { healthyCanaryTargets: 0, registeredCanaryTargets: 2, canaryTargetsBecause };
    const text = `the load balancer says: ${canaryTargetsBecause}`;
    const because = `0 of 2 targets healthy in green: ${text}`;
    const kept = { kind: 'targetsSeen', slot: 'green', because: text } as const;
    expect(look({}, [...sized, seen(2)], 12, more)).toMatchObject({ move: { because }, facts: [kept] });
    const told: Line[] = [...sized, seen(2), [12, kept]];
    expect(look({}, told, 60, more)).toMatchObject({ move: { because }, facts: [] });
    // counts that change with each check write no line each
    const changed = { ...more, canaryTargetsBecause: '1 unhealthy: Target.Timeout' };
    expect(look({}, told, 20, changed).facts).toEqual([]);
    expect(look({}, told, 42, changed).facts).toMatchObject([{ kind: 'targetsSeen' }]);
    expect(look({}, told, 610, more).move).toMatchObject({ kind: 'rollBack', because: `${because} after 600 s` });
    // beside what the pods say, where a readiness gate waits for the load balancer
    const gated = seen(0, { problem: 'readiness gate g is False' });
    expect(look({}, [...sized, gated], 12, more).move.because).toBe(
      `0 of 2 pods ready in green: readiness gate g is False; ${text}`,
    );
  });

  it('writes no line of what each target goes through, until it lasts', () => {
    const canaryTargetsBecause = '2 initial: Elb.RegistrationInProgress (Target registration is in progress)';
    const more = { healthyCanaryTargets: 0, registeredCanaryTargets: 2, canaryTargetsBecause };
    const soon = look({}, [...sized, seen(2)], 20, more);
    expect(soon).toMatchObject({ move: { because: expect.stringMatching(/RegistrationInProgress/) }, facts: [] });
    expect(look({}, [...sized, seen(2)], 71, more).facts).toMatchObject([{ kind: 'targetsSeen' }]);
  });

  it('says that ready pods are not registered, and the way out, once that lasts: as after connections were cut', () => {
    const more = { healthyCanaryTargets: 0, registeredCanaryTargets: 0 };
    expect(look({}, [...sized, seen(2)], 60, more).move.because).toBe('0 of 2 targets healthy in green');
    expect(look({}, [...sized, seen(2)], 71, more).move).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(
        /2 of 2 ready pods are not registered in its target group.*kubectl rollout restart -n default deployment\/shop-green$/,
      ),
    });
    const shifts = look({ steps: [weight(10), weight(100)] }, [judged, ...readied(0, 10), seen(2)], 80, more);
    expect(shifts.move).toMatchObject({ kind: 'lookAgain', because: expect.stringMatching(/gets no traffic; 2 of 2/) });
  });

  it('goes on when both say that it is ready', () => {
    expect(look({}, [...sized, seen(2)], 12, { healthyCanaryTargets: 2 })).toEqual({
      move: { kind: 'advance', because: '2 ready for weight 10 %' },
      facts: [{ kind: 'readied', weight: 10 }],
    });
  });

  it('is not ready with all the pods of a smaller size: somebody else has set it, and it is sized again', () => {
    const smaller = [...sized, seen(1, { ready: true, desired: 1 })];
    expect(look({}, smaller, 12)).toEqual({
      move: {
        kind: 'advance',
        because: 'green was scaled to 1, and Sluice gave it 2 replicas: sized again for 10 %',
      },
      facts: [],
    });
    // two who set a size do not take turns for ever
    expect(look({}, smaller, 610).move).toMatchObject({ kind: 'rollBack', reason: 'notReady' });
  });

  it('whose autoscaler allows fewer replicas waits with that sentence, and goes back when its time is over', () => {
    const problem = 'the autoscaler of green allows at most 1 replicas';
    const bound = [...sized, seen(1, { ready: true, desired: 1, most: 1, problem })];
    const because = `1 of 2 pods ready in green: ${problem}`;
    expect(look({}, bound, 12).move).toMatchObject({ kind: 'lookAgain', because });
    expect(look({}, bound, 610).move).toEqual({
      kind: 'rollBack',
      reason: 'notReady',
      because: `${because} after 600 s`,
    });
  });

  it('is sized again where stable has grown since, before it is ready and after', () => {
    const grown = seen(2, { stable: { desired: 20, available: 20 } });
    const because = 'blue has 20 replicas now: sized again for 10 %';
    expect(look({}, [...sized, grown], 12).move).toEqual({ kind: 'advance', because });
    expect(look({}, [judged, ...readied(0, 10, 2), grown], 12).move).toEqual({ kind: 'advance', because });
  });

  it('is not shifted to before the slots were read in that step; without a cluster it holds, and goes back', () => {
    const plan = { steps: [approval(), weight(100)] };
    const waited: Line[] = [
      judged,
      ...readied(0, 100, 4),
      [900, { kind: 'stepDone', index: 0, because: '' }],
      [900, { kind: 'stepStarted', index: 1 }],
    ];
    const because = 'the cluster did not say how many pods the slots have: no weight is set without';
    expect(look(plan, waited, 905).move).toEqual({ kind: 'lookAgain', seconds: 5, because });
    expect(look(plan, waited, 960)).toMatchObject({ facts: [{ kind: 'held', because, fault: true }], holds: true });
    const held: Line[] = [...waited, [960, { kind: 'held', because, fault: true }]];
    expect(look(plan, held, 960 + 600).move).toMatchObject({ kind: 'rollBack', reason: 'fault' });
    const read: Line = [961, { kind: 'slotSeen', slot: 'green', desired: 4, available: 4, ready: true }];
    expect(look(plan, [...held, read], 978).move).toMatchObject({ kind: 'shiftTraffic' });
  });

  it('that never becomes ready goes back when its time is over, with what the cluster says', () => {
    const stuck = [...sized, seen(0, { problem: 'container app: CrashLoopBackOff, last exit code 1' })];
    const because = '0 of 2 pods ready in green: container app: CrashLoopBackOff, last exit code 1';
    expect(look({}, stuck, 609.9, { healthyCanaryTargets: 0 }).move).toMatchObject({ kind: 'lookAgain', because });
    expect(look({}, stuck, 610, { healthyCanaryTargets: 0 }).move).toEqual({
      kind: 'rollBack',
      reason: 'notReady',
      because: `${because} after 600 s`,
    });
  });

  it('is ready before the first step whatever that is: a hook finds it, and is not asked for before', () => {
    const plan = { steps: [hook(), weight(100)] };
    const sized: Line = [2, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100 }];
    const called: Line = [12, { kind: 'hookCalled', name: 'smoke', attempt: 1 }];
    expect(look(plan, [judged, sized], 12).move).toMatchObject({ because: '0 of 4 pods ready in green' });
    expect(look(plan, [judged, ...readied(0, 100, 4)], 12).move).toMatchObject({ kind: 'advance' });
    expect(look(plan, [judged, ...readied(0, 100, 4), called], 12).move).toMatchObject({ because: 'hook smoke runs' });
  });

  it('gets no traffic while none of its targets is healthy: it holds, and goes back after the hold', () => {
    const steps = [weight(10), weight(100)];
    const none = { healthyCanaryTargets: 0 };
    const because = 'no target of green is healthy: it gets no traffic';
    const first = look({ steps }, [judged, ...readied(0, 10)], 20, none);
    expect(first).toMatchObject({
      move: { kind: 'lookAgain', because: `on hold: ${because}` },
      facts: [{ kind: 'held', because, fault: true }],
    });
    const held: Line[] = [judged, ...readied(0, 10), [20, { kind: 'held', because, fault: true }]];
    expect(look({ steps }, held, 620, none).move).toMatchObject({ kind: 'rollBack', reason: 'notReady' });
    expect(look({ steps }, held, 80)).toEqual({
      move: { kind: 'shiftTraffic', because: 'ready for weight 10 %' },
      facts: [{ kind: 'resumed' }],
    });
  });

  it('may be without targets for weight 0, which sends it nothing', () => {
    const { move } = look({ steps: [weight(0), weight(100)] }, [judged, ...readied(0, 0)], 20, {
      healthyCanaryTargets: 0,
    });
    expect(move).toEqual({ kind: 'shiftTraffic', because: 'ready for weight 0 %' });
  });

  it('waits for the end of a window before the dial is turned', () => {
    const ready = [judged, ...readied(0, 10)];
    expect(look({}, ready, 0).move).toEqual({
      kind: 'lookAgain',
      seconds: 18,
      because: 'waiting for the end of a window',
    });
    expect(look({}, ready, 18).move).toEqual({ kind: 'shiftTraffic', because: 'ready for weight 10 %' });
  });
});
