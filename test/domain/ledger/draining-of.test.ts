import { describe, expect, it } from 'vitest';
import { drainingOf } from '../../../domain/ledger/draining-of.ts';
import { LedgerBrokenError } from '../../../domain/ledger/fold.ts';

describe('how long a slot drains', () => {
  it('is what its admission found', () => {
    const draining = { connectionsSeconds: 30, clientsSeconds: 600 };
    expect(drainingOf({ revision: 'r1', draining })).toEqual(draining);
  });

  it('is read from lines of before version 7 in the words that they had', () => {
    const line = { revision: 'r1', deregistrationDelaySeconds: 0, stickinessSeconds: 86_400 };
    expect(drainingOf(line)).toEqual({ connectionsSeconds: 0, clientsSeconds: 86_400 });
  });

  it.each([{}, { deregistrationDelaySeconds: 30 }, { stickinessSeconds: 0 }])(
    'is never taken for none where a line does not say it: %o',
    line => {
      expect(() => drainingOf({ revision: 'r1', ...line })).toThrow(LedgerBrokenError);
    },
  );
});
