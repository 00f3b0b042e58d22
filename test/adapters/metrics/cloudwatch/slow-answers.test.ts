import { expect, it } from 'vitest';
import { countsOf, type Points } from '../../../../adapters/metrics/cloudwatch/cloudwatch-measures.ts';

const names = {
  ...{ requests: 'RequestCount', connectionErrors: 'TargetConnectionErrorCount', responseTime: 'TargetResponseTime' },
  ...{ answers2xx: '2XX', answers3xx: '3XX', answers4xx: '4XX', answers5xx: '5XX' },
};
const points = (requests: number, slow: number): Points => ({
  names,
  of: ({ counted }) => ({ kind: 'value', value: counted === 'responseTime' ? slow : requests }),
});
const slowOf = (requests: number, slow: number) =>
  countsOf({ kind: 'slowerThan', thresholdsSeconds: [0.3] }, points(requests, slow));

it.each([
  [2.5, 3],
  [2.4, 2],
  [0.2, 0],
  [9.7, 10],
  [10, 10],
])('of a bin that the threshold divides CloudWatch counts a part: %s slow answers are %s', (slow, rounded) => {
  expect(slowOf(10, slow)).toEqual({ kind: 'read', value: { requests: 10, bad: [rounded] } });
});

it('more slow answers than requests are still no data: the two came at different times', () => {
  expect(slowOf(10, 10.6)).toMatchObject({ kind: 'noData' });
});

it('requests are whole, or they are no data', () => {
  expect(slowOf(9.5, 2)).toMatchObject({ kind: 'noData' });
});
