import { describe, expect, it } from 'vitest';
import { type Line, readied, shifted, weight } from '../../support/ledger-lines.ts';
import { look } from '../../support/looks.ts';
import { degraded, tooLittle, watching } from '../../support/sight.ts';

describe('a look that comes after the point of no return', () => {
  const promoted: Line[] = [
    ...readied(0, 100, 4),
    ...shifted(20, { from: 0, to: 100 }),
    [30, { kind: 'soakStarted' }],
    [40, { kind: 'soakDone', because: 'good' }],
    [41, { kind: 'retiring' }],
  ];

  it.each([watching, tooLittle, degraded])(
    'writes nothing down and goes on, also where the verdict is $kind',
    verdict => {
      const { move, facts } = look({ steps: [weight(100)] }, promoted, 45, { verdict });
      expect(move.kind).toBe('advance');
      expect(facts).toEqual([]);
    },
  );
});
