import { describe, expect, it } from 'vitest';
import { nextMove } from '../../../domain/release/next-move.ts';
import { type Line, readied, releaseOf, shifted, weight } from '../../support/ledger-lines.ts';
import { judged, look, second } from '../../support/looks.ts';
import { degraded, dial, healthy, sight, tooLittle, watching } from '../../support/sight.ts';

const kinds = (...args: Parameters<typeof look>) => look(...args).facts.map(({ kind }) => kind);
const held: Line[] = [...second, [340, { kind: 'held', because: 'too little data', fault: false }]];

describe('what a look writes down of the judgement', () => {
  it('is its kind where that changed and those of the metrics did not', () => {
    const seen = { verdict: healthy, byMetric: { errors: watching } };
    expect(look({}, second, 100, seen).facts).toEqual([{ kind: 'judged', ...seen }]);
  });

  it('is nothing where the metrics come in another order', () => {
    const both: Line = [50, { kind: 'judged', verdict: watching, byMetric: { slow: healthy, errors: watching } }];
    expect(kinds({}, [...second, both], 100, { byMetric: { errors: watching, slow: healthy } })).toEqual([]);
    expect(kinds({}, [...second, both], 100, { byMetric: { errors: healthy, slow: watching } })).toEqual(['judged']);
  });
});

describe('what a look writes down of a hold', () => {
  it('is nothing while it goes on', () => {
    expect(kinds({}, held, 400, { verdict: tooLittle })).toEqual(['judged']);
  });

  it('is nothing when it ends in a roll back, with which the release ends', () => {
    expect(kinds({}, held, 940, { verdict: tooLittle })).toEqual(['judged']);
    expect(kinds({}, held, 400, { verdict: degraded })).toEqual(['judged']);
  });

  it('is that it is over when the canary has become ready meanwhile', () => {
    const moved: Line[] = [judged, ...readied(0, 10).slice(0, 2), [5, { kind: 'held', because: '', fault: true }]];
    expect(look({}, moved, 12)).toEqual({
      move: { kind: 'advance', because: '1 ready for weight 10 %' },
      facts: [{ kind: 'resumed' }, { kind: 'readied', weight: 10 }],
    });
  });

  it('is nothing more than that the soak is done, with which the hold ends', () => {
    const soak: Line[] = [
      judged,
      ...readied(0, 100, 4),
      ...shifted(20, { from: 0, to: 100 }),
      [30, { kind: 'soakStarted' }],
      [930, { kind: 'held', because: 'too little data', fault: false }],
    ];
    expect(look({ steps: [weight(100)], soakSeconds: 900 }, soak, 960).facts).toEqual([
      { kind: 'soakDone', because: 'nothing wrong' },
    ]);
  });

  it('that began because the dial was moved is over when that has become too little data', () => {
    const fault: Line[] = [...second, [340, { kind: 'held', because: '', fault: true }]];
    expect(look({}, fault, 400, { verdict: tooLittle }).facts.at(-1)).toEqual({
      kind: 'held',
      because: 'too little data',
      fault: false,
    });
  });
});

describe('the end of the soak', () => {
  const soaked: Line[] = [
    judged,
    ...readied(0, 100, 4),
    ...shifted(20, { from: 0, to: 100 }),
    [30, { kind: 'soakStarted' }],
    [40, { kind: 'soakDone', because: 'good' }],
  ];

  it('is no point of no return: until stable is being retired a degraded canary goes back', () => {
    expect(look({ steps: [weight(100)] }, soaked, 45, { verdict: degraded }).move).toMatchObject({
      kind: 'rollBack',
      reason: 'degraded',
    });
  });

  it('is followed by the point of no return, behind which a look says only that', () => {
    expect(look({ steps: [weight(100)] }, [...soaked, [41, { kind: 'retiring' }]], 45, { verdict: degraded })).toEqual({
      move: { kind: 'advance', because: 'was promoted already' },
      facts: [],
    });
  });
});

describe('the shift of a first release, which is its point of no return', () => {
  it('is made still where its handler died past the point of no return and before the dial', () => {
    const lines: Line[] = [judged, ...readied(0, 100, 4), [19, { kind: 'retiring' }]];
    expect(look({ steps: [weight(100)] }, lines, 20).move).toEqual({
      kind: 'shiftTraffic',
      because: 'ready for weight 100 %',
    });
  });
});

describe('what a newer version may have written is a fault and no move', () => {
  const dreamt = { kind: 'dreamt' } as never;
  const atStep = (...steps: never[]) => releaseOf({ steps: [weight(10), ...steps] }, ...second);

  it('of a step', () => {
    const release = atStep(dreamt);
    expect(() => nextMove(release, sight(release, 100))).toThrow('no step is called dreamt');
  });

  it('of a verdict', () => {
    expect(() => look({}, second, 340, { verdict: dreamt })).toThrow('unexpected {"kind":"dreamt"}');
  });

  it('of what a hold ends with', () => {
    const plan = { hold: { atMostSeconds: 0, then: 'dream' as never } };
    expect(() => look(plan, second, 340, { verdict: tooLittle })).toThrow('unexpected "dream"');
  });

  it('unless the dial is not where it belongs, which comes first', () => {
    const release = atStep(dreamt);
    expect(nextMove(release, sight(release, 100, { dial: dial(0, 100) })).holds).toBe(true);
  });
});
