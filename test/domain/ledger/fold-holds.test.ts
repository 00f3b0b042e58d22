import { describe, expect, it } from 'vitest';
import { approval, at, type Line, planOf, releaseOf, shifted } from '../../support/ledger-lines.ts';

describe('an approval', () => {
  const steps = planOf().steps;
  const two = { steps: [...steps, approval({ required: 2 })] };
  const approve = (seconds: number, by: string): Line => [
    seconds,
    { kind: 'approved', name: 'go-live', groups: ['leads'] },
    { by },
  ];

  it('is complete when the last person who is needed has approved', () => {
    const one = releaseOf(two, [5, { kind: 'approvalOpened', name: 'go-live' }], approve(10, 'ann'));
    expect(one.approvals['go-live']).toEqual({ opening: 4, openedAtEpochMs: at(5), approvedBy: ['ann'] });
    const both = releaseOf(
      two,
      [5, { kind: 'approvalOpened', name: 'go-live' }],
      approve(10, 'ann'),
      approve(20, 'bob'),
    );
    expect(both.approvals['go-live']).toEqual({
      opening: 4,
      openedAtEpochMs: at(5),
      approvedBy: ['ann', 'bob'],
      completeAtEpochMs: at(20),
    });
  });

  it('given twice by one person is given once', () => {
    const release = releaseOf(
      two,
      [5, { kind: 'approvalOpened', name: 'go-live' }],
      approve(10, 'ann'),
      approve(20, 'ann'),
    );
    expect(release.approvals['go-live']).toEqual({ opening: 4, openedAtEpochMs: at(5), approvedBy: ['ann'] });
  });

  it('that was never opened is none', () => {
    expect(releaseOf(two, approve(10, 'ann')).approvals).toEqual({});
  });
});

describe('a hold', () => {
  const held: Line = [100, { kind: 'held', because: 'too little data', fault: false }];
  const asked: Line = [700, { kind: 'approvalOpened', name: 'proceed?' }];

  it('is counted from its first look, whatever it is for later', () => {
    const release = releaseOf({}, held, [200, { kind: 'held', because: 'no metrics', fault: true }]);
    expect(release.hold).toEqual({ sinceEpochMs: at(100), because: 'no metrics', fault: true });
  });

  it.each<[string, Line]>([
    ['it is resumed', [900, { kind: 'resumed' }]],
    ['its step is done', [900, { kind: 'stepDone', index: 0, because: 'good' }]],
    ['the soak is done', [900, { kind: 'soakDone', because: 'good' }]],
  ])('is over when %s, and takes back what it asked', (_, end) => {
    const release = releaseOf({}, held, asked, end);
    expect(release.hold).toBeUndefined();
    expect(release.approvals).toEqual({});
    // waiting for data, and for what a person says of it, stays off the deadline: 100 to 900
    expect(release.heldMs).toBe(800_000);
    expect(release.askedMs).toBeUndefined();
  });

  it('for a fault counts against the deadline, but for what people were given to answer', () => {
    const fault: Line = [100, { kind: 'held', because: 'no metrics', fault: true }];
    const release = releaseOf({}, fault, asked, [900, { kind: 'resumed' }]);
    expect(release.heldMs).toBeUndefined();
    expect(release.askedMs).toBe(200_000);
  });

  it('adds up with those before it', () => {
    const again: Line = [1_000, { kind: 'held', because: 'too little data', fault: false }];
    const release = releaseOf({}, held, [400, { kind: 'resumed' }], again, [1_250, { kind: 'resumed' }]);
    expect(release.heldMs).toBe(300_000 + 250_000);
  });

  it('is over when the dial was turned', () => {
    const release = releaseOf({}, held, ...shifted(150, { from: 0, to: 10 }));
    expect(release.hold).toBeUndefined();
  });

  it('leaves a person\'s "proceed" until the step that it is for has ended, and no longer', () => {
    const answered: Line = [760, { kind: 'approved', name: 'proceed?', groups: [] }];
    const resumed = releaseOf({}, held, asked, answered, [770, { kind: 'resumed' }]);
    expect(resumed.approvals['proceed?']?.completeAtEpochMs).toBe(at(760));
    expect(resumed.hold).toBeUndefined();
    const done = releaseOf({}, held, asked, answered, [
      770,
      { kind: 'stepDone', index: 0, because: 'a person said so' },
    ]);
    expect(done.approvals).toEqual({});
    expect(done.heldMs).toBe(670_000);
  });
});
