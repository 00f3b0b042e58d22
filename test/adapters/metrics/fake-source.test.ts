import { describe, expect, it } from 'vitest';
import { fakeSource } from '../../../adapters/metrics/fake-source.ts';
import {
  keepsLoadBalancerContract,
  keepsMetricSourceContract,
  NOON,
  requestOf as request,
} from './metric-source.contract.ts';

describe('the fake metric source', () => {
  const open = async () => {
    const source = fakeSource();
    return { source, publish: source.publish, breakDown: () => source.breakWith('TimeoutError') };
  };
  keepsMetricSourceContract(open);
  keepsLoadBalancerContract(open);

  it('says what it is told to say, whatever was published, and keeps what it was asked', async () => {
    const source = fakeSource();
    source.publish('green', NOON, { good: 10 });
    source.say('errors', NOON, { kind: 'noData', reason: 'RequestCount is NaN' });
    const readings = await source.read(request());
    expect(readings[0]?.reading).toEqual({ kind: 'noData', reason: 'RequestCount is NaN' });
    expect(source.requests).toEqual([request()]);
  });
});
