import { describe, expect, it } from 'vitest';
import { expectedInstead, isTaken, type KeyRow } from './every-key.ts';

const DURATION = 'a duration such as 90s, 5m, 2h or 1h30m';
const JUDGES = 'sequential, threshold, relative, flagger, mannWhitney, alarm, anomalyBand or burnRate';
const LABEL = 'a name of letters, digits, dashes and underscores, at most 63 characters';
const SHARE = 'a share from 0 to below 1, such as 5% or 0.05';
const CEILING = 'auto, or a share above 0 and below 1, such as 5% or 0.05';
const ONE_OR_MORE = 'a number, 1 or more, such as 1.25';
const RANGE = "a number, in Flagger's units: per cent of good requests, milliseconds, or the value as it is";
const PART = 'a number from 0 to 1, such as 0.25';
const RATIO = 'a number above 0, such as 1.2';
const LEAST = 'a number above 0 and at most 1, such as 0.99';
const CONDITION = "a condition such as 'result[0] < 0.01'";
const WIDTH = 'a number above 0 and at most 100, such as 2';
const sequential = 'metrics[0].judge';
const threshold = 'metrics[1].judge';
const relative = 'metrics[2].judge';
const band = 'metrics[3].judge';
const alarm = 'metrics[4].judge';
const flagger = 'metrics[5].judge';
const kayenta = 'metrics[7].judge';

const counts: KeyRow[] = [
  [`${threshold}.count`, 1],
  [`${threshold}.failureLimit`, -1],
  [`${threshold}.consecutiveSuccessLimit`, 0],
  [`${threshold}.inconclusiveLimit`, 0],
  [`${threshold}.consecutiveErrorLimit`, 0],
  [`${relative}.failureLimit`, 0],
  [`${relative}.minRequests`, 1],
  [`${alarm}.failureLimit`, 0],
  [`${band}.failureLimit`, 0],
  [`${flagger}.threshold`, 1],
].flatMap(([place, least]): KeyRow[] => [
  [String(place), `a whole number, ${least} or more`, [least, 100_000], [Number(least) - 1, 1.5, '5']],
  [String(place), 'at most 100000', [], [100_001]],
]);

const durations: KeyRow[] = [
  [`${sequential}.warmUp.for`, 1],
  [`${threshold}.interval`, 1],
  [`${threshold}.initialDelay`, 0],
  [`${flagger}.interval`, 1],
  [`${kayenta}.interval`, 1],
].map(([place, least]): KeyRow => {
  const expected = `${DURATION}${least === 1 ? ', above 0s' : ''}, at most 8760h`;
  return [String(place), expected, [`${least}s`], [least === 1 ? '0s' : '8760h1s']];
});

const others: KeyRow[] = [
  ['metrics[0].judge.kind', JUDGES, ['sequential'], ['', 'x', 5]],
  ['metrics[0].judge', `a judge: ${JUDGES}`, [{ kind: 'sequential' }], ['sequential', null, []]],
  [`${sequential}.margin`, ONE_OR_MORE, [1, 100], [0.99, '1.5']],
  [`${sequential}.margin`, 'at most 100', [], [100.1]],
  [
    `${sequential}.share`,
    'a share from 0 to 1, such as 0.7 or 70%',
    [0, 1, '0%', '100%', 0.7],
    [-0.1, 1.1, '100.1%', '0.7', true],
  ],
  [`${sequential}.ceiling`, CEILING, ['auto', '0.1%', 0.05, '99.9%'], ['0%', 0, '100%', 1, 1.5, 'low', true]],
  [`${sequential}.floor`, 'a share above 0 and below 1, such as 1% or 0.01', ['0.1%', 0.5], ['0%', 0]],
  [`${sequential}.floor`, SHARE, [], ['100%', 1, true]],
  [`${sequential}.guard`, 'on or off', ['on', 'off'], ['maybe', true]],
  [`${sequential}.warmUp`, 'a map of keys and values', [{}], ['60s']],
  [`${sequential}.warmUp.margin`, ONE_OR_MORE, [1, 100], [0.99, 'x']],
  [`${sequential}.warmUp.margin`, 'at most 100', [], [101]],
  [`${threshold}.successCondition`, CONDITION, ['a', 'x'.repeat(1000)], ['', 5]],
  [`${threshold}.successCondition`, 'a condition of at most 1000 characters', [], ['x'.repeat(1001)]],
  [`${threshold}.failureCondition`, CONDITION, ['a'], ['', 5]],
  [`${relative}.max`, RATIO, [0.01, 1, 100], [0, -1, '1.2']],
  [`${relative}.max`, 'at most 100', [], [100.1, 1000]],
  ['metrics[6].judge.min', LEAST, [0.01, 1], [0, 1.01, '0.99']],
  ['metrics[6].judge.ceiling', SHARE, ['0%', 0, '5%', '99.999999%'], ['100%', 1, -0.1, '5', true]],
  [`${band}.width`, WIDTH, [0.1, 100], [0, 100.1, '2']],
  [`${band}.bad`, 'above, below or outside', ['above', 'below', 'outside'], ['up', '']],
  [`${flagger}.thresholdRange`, 'a range: { min: 99 }', [{ min: 1 }, { max: 1 }], ['99', null]],
  [`${flagger}.thresholdRange.min`, RANGE, [-1, 0, 1e9], ['99', null]],
  [`${flagger}.thresholdRange.max`, RANGE, [-1, 0, 1e9], ['99', null]],
  [`${kayenta}.direction`, 'increase, decrease or either', ['increase', 'decrease', 'either'], ['up', '']],
  [`${kayenta}.tolerance`, PART, [0, 1], [-0.1, 1.1, '1']],
  [
    `${kayenta}.confidence`,
    'a confidence of at least 50% and below 100%, such as 98% or 0.98',
    ['50%', 0.5, '99.9%'],
    ['49.9%', 0.4],
  ],
  [`${kayenta}.confidence`, SHARE, [], ['100%', 1]],
  [`${kayenta}.nanStrategy`, 'remove or replace', ['remove', 'replace'], ['keep', '']],
  [`${kayenta}.outliers`, 'keep or remove', ['keep', 'remove'], ['drop', '']],
  [`${kayenta}.outlierFactor`, 'a number above 0, such as 3', [0.1, 10], [0, '3']],
  [`${kayenta}.critical`, 'true or false', [true, false], ['yes']],
  [`${kayenta}.groups`, 'a list of names of groups', [['a', 'b']], ['all']],
  [`${kayenta}.groups`, 'at least one group', [], [[]]],
  [`${kayenta}.groups`, LABEL, [], [['a b'], [5]]],
  [`${kayenta}.effectSize`, 'a map of keys and values', [{}], ['cles']],
  [`${kayenta}.effectSize.measure`, 'meanRatio or cles', ['meanRatio', 'cles'], ['mean', '']],
  ...['allowedIncrease', 'allowedDecrease', 'criticalIncrease', 'criticalDecrease'].map(
    (key): KeyRow => [`${kayenta}.effectSize.${key}`, 'a number, 0 or more', [0, 3.5], [-0.1, '1']],
  ),
];

describe('a key of a judge takes and refuses', () => {
  it.each([...counts, ...durations, ...others])('%s: %s', (place, expected, taken, refused) => {
    expect(taken.filter(value => !isTaken(place, value))).toEqual([]);
    expect(refused.map(value => expectedInstead(place, value))).toEqual(refused.map(() => expected));
  });
});
