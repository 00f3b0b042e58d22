import { describe, expect, it } from 'vitest';
import { expectedInstead, isTaken, type KeyRow, mistakesIn } from './every-key.ts';

const DURATION = 'a duration such as 90s, 5m, 2h or 1h30m';
const POSITIVE = `${DURATION}, above 0s`;
const NAME = 'a name of lower-case letters, digits and dashes that starts with a letter, at most 57 characters';
const LABEL = 'a name of letters, digits, dashes and underscores, at most 63 characters';
const SHARE = 'a share from 0 to below 1, such as 5% or 0.05';
const CHANCE = 'a share above 0 and below 1, such as 1% or 0.01';
const URL_TEXT = 'an https address without a user name and password in it';
const EVENTS = ['started', 'approvalNeeded', 'promoted', 'rolledBack', 'rejected', 'held'];
const header = 'preview.header';
const hook = 'steps[0].hook';
const analysis = 'steps[3].analysis';
const approval = 'steps[4].approval';
const long = (letter: string, length: number) => letter.repeat(length);

const durations: KeyRow[] = ['deadline', 'progressDeadline', 'window', 'steps[2].bake', `${hook}.timeout`]
  .concat(`${approval}.within`)
  .flatMap((place): KeyRow[] => [
    [place, POSITIVE, ['1s', '60s', '1h1m1s', '8760h'], ['', 60, null, '1.5h', '1 h', '5ms', 'h', '-1s']],
    [place, `${POSITIVE}, at most 8760h`, [], ['0s', '0h0m', '8760h1s', '999999h']],
  ]);

const oftenZero: KeyRow[] = ['hold.atMost', 'soak', 'promoteEarly.after'].flatMap((place): KeyRow[] => [
  [place, DURATION, ['0s', '1s', '8760h'], [0, '', 'soon']],
  [place, `${DURATION}, at most 8760h`, [], ['8760h1s']],
]);

const others: KeyRow[] = [
  ['apiVersion', 'sluice/v1', ['sluice/v1'], ['sluice/v2', '', null]],
  ['kind', 'Plan', ['Plan'], ['Workload', '']],
  ['workload', NAME, ['a', 'a1', 'a-1', long('a', 57)], ['', 'A', '1a', '-a', 'a-', 'a_b', 'a.b', long('a', 58), 5]],
  ['strategy', 'canary or blueGreen', ['canary', 'blueGreen'], ['', 'rolling', 5]],
  ['onNewImage', 'queue, replace or reject', ['queue', 'replace', 'reject'], ['', 'yes']],
  ['hold.then', 'rollBack, ask or proceed', ['rollBack', 'ask', 'proceed'], ['', 'no']],
  ['hold', 'a map of keys and values', [{}], ['30m']],
  [
    `${header}.name`,
    'the name of a header, at most 40 characters',
    ['a', "!#$%&'*+.^_`|~-", long('x', 40)],
    ['', 'a b', 'a:', long('x', 41)],
  ],
  [`${header}.name`, 'the name of a header', [], [5]],
  [
    `${header}.value`,
    "the header's value: 1 to 128 characters without spaces",
    ['!', '~', long('x', 128)],
    ['', 'a b', 'ä', long('x', 129)],
  ],
  [`${header}.value`, "the header's value", [], [5]],
  ['alpha', CHANCE, ['0.1%', 0.5, '99.9%'], ['0%', 0]],
  ['alpha', SHARE, [], ['100%', 1, 'little', -0.1]],
  ['detect.power', CHANCE, ['0.1%', 0.5], ['0%', 0]],
  ['detect.ratio', 'a number above 1, such as 2', [1.01, 100], [1, 0, '2']],
  ['detect.ratio', 'at most 100', [], [100.1]],
  ['promoteEarly.beta', CHANCE, ['0.1%', 0.5], ['0%', 0]],
  ['promoteEarly.nonInferiority', 'a number above 1, such as 2', [1.01, 100], [1, '2']],
  ['promoteEarly.nonInferiority', 'at most 100', [], [101]],
  ['kayenta.pass', 'a number from 0 to 100', [0, 100], [-0.1, 100.1, '95']],
  ['kayenta.marginal', 'a number from 0 to 100', [0, 95], [-0.1, 100.1, '95']],
  ['kayenta.groups.all', 'a number from 0 to 100', [0, 100], [-0.1, 100.1, '95']],
  ['kayenta.groups', 'a map of groups and their weights, 0 to 100', [{}], ['all', 5]],
  ['metrics', 'a list of metrics', [[]], [{}, 'errors']],
  ['metrics[0].name', LABEL, ['a', '9', 'A_-1', long('x', 63)], ['', '_a', '-a', 'a b', 'a.b', long('x', 64), 5]],
  ['metrics[0]', 'a map of keys and values', [], ['errors', null]],
  ['steps', 'a list of steps', [], ['setWeight: 100', {}]],
  [
    'steps[1].setWeight',
    'a number from 0 to 100 with at most one decimal',
    [0, 0.1, 33.3, 99.9, 100],
    [-0.1, 100.1, 5.25, 0.05, '5', null],
  ],
  [`${analysis}.metrics`, 'a list of names of metrics', [['a'], ['a', 'b']], ['p99', {}]],
  [`${analysis}.metrics`, 'the name of at least one metric', [], [[]]],
  [`${analysis}.metrics`, "a metric's name", [], [[5]]],
  [`${analysis}.count`, 'a whole number, 1 or more', [1, 100_000], [0, 1.5, '5']],
  [`${analysis}.count`, 'at most 100000', [], [100_001]],
  [`${hook}.name`, LABEL, ['a'], ['a b']],
  [
    `${hook}.url`,
    URL_TEXT,
    ['https://a.example', 'https://a.example:8443/x?y=z'],
    ['', 'a.example', 'ftp://a.example', 'xhttps://a.example', 'httpsx://a.example', 5],
  ],
  [
    `${hook}.url`,
    'an address of at most 2048 characters',
    [`https://a.example/${long('x', 2030)}`],
    [`https://a.example/${long('x', 2031)}`],
  ],
  [`${hook}.retries`, 'a whole number, 0 or more', [0, 10], [-1, 1.5, '1']],
  [`${hook}.retries`, 'a whole number from 0 to 10', [], [11]],
  [`${approval}.name`, LABEL, ['a'], ['a b']],
  [`${approval}.groups`, 'a list of groups', [['a'], ['a', 'b c']], ['leads', {}]],
  [`${approval}.groups`, 'at least one group that may approve', [], [[]]],
  [`${approval}.groups`, 'the name of a group', [], [[''], [5]]],
  [`${approval}.required`, 'a whole number, 1 or more', [1, 2], [0, '1']],
  [`${approval}.notTheStarter`, 'true or false', [true, false], ['yes', 1]],
  ['notify', 'a list of who is told', [[]], ['sns', {}]],
  ['notify[0].kind', 'sns', ['sns'], ['SNS1', '']],
  ['notify[0].on', 'a list of events', [EVENTS, ['held']], ['held', {}]],
  ['notify[0].on', 'at least one event', [], [[]]],
  ['notify[0].on', 'started, approvalNeeded, promoted, rolledBack, rejected or held', [], [['done']]],
  [
    'notify[0].topicArn',
    'the ARN of an SNS topic',
    ['arn:aws:sns:eu-west-1:123456789012:a', 'arn:aws-cn:sns:cn-north-1:123456789012:A_b-9.fifo'],
    [
      '',
      'topic',
      5,
      'arn:aws:sqs:eu-west-1:123456789012:a',
      'arn:aws:sns:eu-west-1:12345678901:a',
      'arn:aws:sns:eu-west-1:1234567890123:a',
      'arn:aws:sns:eu-west-1:123456789012:',
      'arn:aws:sns:eu-west-1:123456789012:a.b',
      'arn:aws:sns:eu-west-1:123456789012:a.fifox',
      'xarn:aws:sns:eu-west-1:123456789012:a',
      'arn:AWS:sns:eu-west-1:123456789012:a',
      'arn:aws:sns::123456789012:a',
      'arn::sns:eu-west-1:123456789012:a',
    ],
  ],
];

describe('a key of the plan takes and refuses', () => {
  it.each([...durations, ...oftenZero, ...others])('%s: %s', (place, expected, taken, refused) => {
    expect(taken.filter(value => !isTaken(place, value))).toEqual([]);
    expect(refused.map(value => expectedInstead(place, value))).toEqual(refused.map(() => expected));
  });

  it('at most 20 metrics and 100 steps', () => {
    const metric = { name: 'a', source: { kind: 'cloudwatch', bad: 'failedRequests' } };
    const step = { bake: '1m' };
    expect(
      isTaken(
        'metrics',
        Array.from({ length: 20 }, () => metric),
      ),
    ).toBe(true);
    expect(
      isTaken(
        'steps',
        Array.from({ length: 100 }, () => step),
      ),
    ).toBe(true);
    expect(
      expectedInstead(
        'metrics',
        Array.from({ length: 21 }, () => metric),
      ),
    ).toBe('at most 20 metrics');
    expect(
      expectedInstead(
        'steps',
        Array.from({ length: 101 }, () => step),
      ),
    ).toBe('at most 100 steps');
    expect(expectedInstead('steps', [])).toBe('at least one step: setWeight: 100');
  });

  it.each([
    ['deadline', '5 min'],
    ['steps[2].bake', '300ms'],
    ['metrics[6].source.slowerThan[0]', '300'],
    [`${hook}.url`, 'ftp://me@a.example'],
    [`${hook}.url`, `nowhere ${long('x', 2048)}`],
  ])('%s: what is not even of its form is one mistake: %j', (place, value) => {
    expect(mistakesIn(place, value)).toBe(1);
  });
});
