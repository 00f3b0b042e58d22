import { describe, expect, it } from 'vitest';
import { expectedInstead, isTaken, type KeyRow } from './every-key.ts';

const TIMES = 'a list of times such as [300ms, 1s]';
const TIME = 'a time such as 300ms, 1s or 1.5s, above 0';
const PERCENTILE = 'a number from 1 to below 100, such as 99';
const BAD = 'failedRequests, target5xxAndConnectionErrors, target4xx, target3xx or { slowerThan: [300ms] }';
const STAT = 'a statistic such as Average, Sum or p99';
const QUERY = "a query in PromQL, such as 'max(queue_depth)'";
const SELECTOR = 'a selector of a counter, such as \'http_requests_total{slot="${slot}"}\'';
const BUCKETS = "a selector of a histogram's buckets, in seconds";
const ADDRESS = 'an https address without a user name and password in it';
const slow = 'metrics[1].source.bad.slowerThan';
const metric = 'metrics[3].source.metric';
const counters = 'metrics[5].source';
const endpoint = 'metrics[9].source';
const long = (length: number) => 'x'.repeat(length);

/** A text that must not be empty, and its longest. */
const texts: KeyRow[] = [
  [`${metric}.namespace`, "the metric's namespace, such as Shop", 255],
  [`${metric}.name`, "the metric's name", 255],
  [`${metric}.dimensions.Slot`, 'the value of a dimension', 1024],
  ['metrics[4].source.alarm', 'the name of a CloudWatch alarm', 255],
  [`${counters}.requests`, SELECTOR, 4000],
  [`${counters}.bad`, SELECTOR, 4000],
  ['metrics[6].source.histogram', BUCKETS, 4000],
  ['metrics[7].source.value', QUERY, 4000],
  ['metrics[8].source.query', QUERY, 4000],
  [`${endpoint}.url`, ADDRESS, 2048],
  [`${endpoint}.jsonPath`, "a JSONPath such as '$.data.ok'", 1000],
].flatMap(([at, expected, longest]): KeyRow[] => [
  [String(at), String(expected), ['x', long(Number(longest))], ['', 5]],
  [String(at), `${expected}, at most ${longest} characters`, [], [long(Number(longest) + 1)]],
]);

const others: KeyRow[] = [
  ['metrics[0].source.kind', 'cloudwatch, prometheus or json', ['cloudwatch'], ['CloudWatch2', '', 5]],
  ['metrics[0].source', 'a source: cloudwatch, prometheus or json', [], ['cloudwatch', null, []]],
  [
    'metrics[0].source.bad',
    'failedRequests, target5xxAndConnectionErrors, target4xx or target3xx',
    ['failedRequests', 'target5xxAndConnectionErrors', 'target4xx', 'target3xx'],
    ['5xx'],
  ],
  ['metrics[0].source.bad', BAD, [{ slowerThan: ['1s'] }], [5, true]],
  [slow, TIMES, [['1ms'], ['1s', '2s', '3s', '4s', '5s']], ['300ms', {}]],
  [slow, 'at least one time', [], [[]]],
  [slow, 'at most 5 times', [], [['1s', '2s', '3s', '4s', '5s', '6s']]],
  [
    slow,
    TIME,
    [['0.001s', '999999ms', '999.999s']],
    [['0ms'], ['0s'], ['0.000s'], ['300'], [300], ['1m'], ['1.5ms'], ['1.0001s'], ['s']],
  ],
  ['metrics[6].source.slowerThan', TIME, [['1s', '2s']], [['0s']]],
  ['metrics[2].source.value.percentile', PERCENTILE, [1, 50, 99.9], [0, 0.99, 100, '99']],
  [`${metric}.dimensions`, 'a map of dimensions', [{}, { A: 'b' }], ['Slot', []]],
  [
    `${metric}.stat`,
    STAT,
    ['p99', 'Average', 'TM(2%:98%)', 'IQM', 'p99.9', `a${long(63)}`],
    ['', '9p', 'a b', 'Sum!', `a${long(64)}`, 5],
  ],
  ['metrics[8].source.series', 'one or many', ['one', 'many'], ['two', '']],
  [`${endpoint}.headers`, 'a map of headers', [{}, { a: '' }], ['accept', []]],
  [
    `${endpoint}.headers`,
    'the name of a header',
    [{ [long(64)]: 'a' }, { "!#$%&'*+.^_`|~-": 'a' }],
    [{ 'a b': 'a' }, { '': 'a' }, { [long(65)]: 'a' }],
  ],
  [
    `${endpoint}.headers`,
    "the header's value, of printable ASCII characters",
    [{ a: ' ~' }, { a: long(1024) }],
    [{ a: 'ä' }, { a: 'a\nb' }, { a: long(1025) }],
  ],
  [`${endpoint}.headers`, "the header's value", [], [{ a: 5 }]],
];

describe('a key of a source takes and refuses', () => {
  it.each([...texts, ...others])('%s: %s', (place, expected, taken, refused) => {
    expect(taken.filter(value => !isTaken(place, value))).toEqual([]);
    expect(refused.map(value => expectedInstead(place, value))).toEqual(refused.map(() => expected));
  });
});
