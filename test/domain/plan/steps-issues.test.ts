import { describe, expect, it } from 'vitest';
import { changed, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf } from './issue-text.ts';

const stepsOf = (...steps: string[]) =>
  `apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: canary\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`;
const blueGreen = (...steps: string[]) =>
  changed('canary', 'blueGreen', stepsOf(...steps)).concat(
    'metrics: [{ name: a, source: { kind: cloudwatch, bad: failedRequests }, judge: { kind: sequential, ceiling: auto } }]\n',
  );
const HOOK = "hook: { name: a, url: 'https://a.example' }";
const APPROVAL = 'approval: { name: a, groups: [g] }';
const ANALYSIS = 'analysis: { metrics: [p99], count: 1 }';
const LAST = 'setWeight: 100';

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'a step is empty',
    stepsOf('{}', LAST),
    ['value steps[0]: an empty step; expected setWeight, bake, analysis, hook or approval'],
  ],
  ['a step is nothing', stepsOf('', LAST), ['value steps[0]: nothing; expected a map of keys and values']],
  ['a step is a word', stepsOf('bake', LAST), ["value steps[0]: 'bake'; expected a map of keys and values"]],
  ['a step is a list', stepsOf('[bake]', LAST), ['value steps[0]: a list; expected a map of keys and values']],
  [
    'the steps are a map',
    stepsOf().replace('steps:', 'steps: { setWeight: 100 }'),
    ['value steps: a map; expected a list of steps'],
  ],
  [
    'the steps are an empty list',
    stepsOf().replace('steps:', 'steps: []'),
    ['value steps: an empty list; expected at least one step: setWeight: 100'],
  ],
  ['the steps are missing', stepsOf().replace('steps:\n', ''), ['missing steps: no steps; expected a list of steps']],
  [
    'a step has two keys',
    stepsOf('{ setWeight: 5, bake: 5m }', LAST),
    [
      "key steps[0].bake: 'bake' in the same step as 'setWeight'; expected one key in a step: 'bake' is a step of its own, with a dash before it",
    ],
  ],
  [
    'a step has three keys',
    stepsOf(`{ bake: 5m, setWeight: 5, ${HOOK} }`, LAST),
    [
      "key steps[0].setWeight: 'setWeight' in the same step as 'bake'; expected one key in a step: 'setWeight' is a step of its own, with a dash before it",
      "key steps[0].hook: 'hook' in the same step as 'bake'; expected one key in a step: 'hook' is a step of its own, with a dash before it",
    ],
  ],
  [
    'a step has a key of ours and another',
    stepsOf('{ setWeight: 5, label: x }', LAST),
    ["key steps[0].label: the unknown key 'label'; expected setWeight, bake, analysis, hook or approval"],
  ],
  [
    'no step is a weight',
    stepsOf('bake: 5m', HOOK),
    ["value steps: no setWeight; expected a last step '- setWeight: 100'"],
  ],
  [
    'no step is a weight, and one is a mistake: it may have been it',
    stepsOf('bake: 5m', 'weigh: 100'),
    ["key steps[1].weigh: the unknown key 'weigh'; expected setWeight, bake, analysis, hook or approval"],
  ],
  [
    'no step is a weight, and one is no step: it may have been it',
    stepsOf('bake: 5m', '5'),
    ['value steps[1]: 5; expected a map of keys and values'],
  ],
  [
    'a weight comes twice',
    stepsOf('setWeight: 5', 'bake: 5m', 'setWeight: 5', LAST),
    ['value steps[2].setWeight: 5 after 5; expected more than 5: weights rise with every setWeight'],
  ],
  [
    'a weight falls',
    stepsOf('setWeight: 50', 'setWeight: 20', LAST),
    ['value steps[1].setWeight: 20 after 50; expected more than 50: weights rise with every setWeight'],
  ],
  [
    'weight 0 comes after another',
    stepsOf('setWeight: 5', 'setWeight: 0', LAST),
    ['value steps[1].setWeight: 0 after 5; expected more than 5: weights rise with every setWeight'],
  ],
  [
    'the last weight comes twice',
    stepsOf(LAST, LAST),
    ['value steps[1].setWeight: 100 after 100; expected more than 100: weights rise with every setWeight'],
  ],
  [
    'a weight is a mistake: those around it are still held against each other',
    stepsOf('setWeight: 50', 'setWeight: x', 'setWeight: 20', LAST),
    [
      "value steps[1].setWeight: 'x'; expected a number from 0 to 100 with at most one decimal",
      'value steps[2].setWeight: 20 after 50; expected more than 50: weights rise with every setWeight',
    ],
  ],
  [
    'the last weight is too small',
    stepsOf('setWeight: 5', 'setWeight: 99.9', 'bake: 5m'),
    ['value steps[1].setWeight: 99.9 as the last weight; expected 100: a release ends with all requests'],
  ],
  [
    'the last weight may be in a step that is a mistake',
    stepsOf('setWeight: 5', 'weigh: 100'),
    ["key steps[1].weigh: the unknown key 'weigh'; expected setWeight, bake, analysis, hook or approval"],
  ],
  [
    'the last weight may be the one that is a mistake',
    stepsOf('setWeight: 5', 'setWeight: x'),
    ["value steps[1].setWeight: 'x'; expected a number from 0 to 100 with at most one decimal"],
  ],
  [
    'the last weight may be in what is no step',
    stepsOf('setWeight: 5', '5'),
    ['value steps[1]: 5; expected a map of keys and values'],
  ],
  [
    'a mistake comes before a last weight that is too small',
    stepsOf('weigh: 5', 'setWeight: 50'),
    [
      "key steps[0].weigh: the unknown key 'weigh'; expected setWeight, bake, analysis, hook or approval",
      'value steps[1].setWeight: 50 as the last weight; expected 100: a release ends with all requests',
    ],
  ],
  [
    'blueGreen has a first weight',
    blueGreen('setWeight: 5', LAST),
    ['value steps[0].setWeight: 5 in a blueGreen plan; expected one setWeight only, 100'],
  ],
  [
    'blueGreen has two first weights',
    blueGreen('setWeight: 5', 'setWeight: 6', LAST),
    [
      'value steps[0].setWeight: 5 in a blueGreen plan; expected one setWeight only, 100',
      'value steps[1].setWeight: 6 in a blueGreen plan; expected one setWeight only, 100',
    ],
  ],
  [
    'blueGreen ends early',
    blueGreen('setWeight: 50'),
    ['value steps[0].setWeight: 50 as the last weight; expected 100: a release ends with all requests'],
  ],
  [
    'two hooks have one name',
    stepsOf(HOOK, 'setWeight: 5', HOOK, LAST),
    ["value steps[2].hook.name: 'a' a second time; expected a name of its own: steps[0] has this one"],
  ],
  [
    'two approvals have one name',
    stepsOf(APPROVAL, APPROVAL, LAST),
    ["value steps[1].approval.name: 'a' a second time; expected a name of its own: steps[0] has this one"],
  ],
  [
    'three approvals have one name',
    stepsOf(APPROVAL, APPROVAL, APPROVAL, LAST),
    [
      "value steps[1].approval.name: 'a' a second time; expected a name of its own: steps[0] has this one",
      "value steps[2].approval.name: 'a' a second time; expected a name of its own: steps[0] has this one",
    ],
  ],
  [
    'an analysis comes before any weight',
    changed('  - hook:', `  - ${ANALYSIS}\n  - hook:`),
    ['key steps[0].analysis: an analysis before the canary gets requests; expected a setWeight above 0 before it'],
  ],
  [
    'an analysis comes at weight 0',
    changed('  - hook:', `  - setWeight: 0\n  - ${ANALYSIS}\n  - hook:`),
    ['key steps[1].analysis: an analysis before the canary gets requests; expected a setWeight above 0 before it'],
  ],
  [
    'an analysis comes after what may have been a weight',
    changed('  - hook:', `  - setWeight: x\n  - ${ANALYSIS}\n  - hook:`),
    ["value steps[0].setWeight: 'x'; expected a number from 0 to 100 with at most one decimal"],
  ],
  [
    'an analysis comes after what may have been a step',
    changed('  - hook:', `  - 5\n  - ${ANALYSIS}\n  - hook:`),
    ['value steps[0]: 5; expected a map of keys and values'],
  ],
];

describe('steps are refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('steps are as they should be where', () => {
  it.each([
    ['the first weight is 0', stepsOf('setWeight: 0', LAST)],
    ['the last weight is followed by other steps', stepsOf(LAST, 'bake: 5m', APPROVAL)],
    ['weights rise by a tenth', stepsOf('setWeight: 0.1', 'setWeight: 0.2', LAST)],
    ['blueGreen has one weight', blueGreen(HOOK, LAST)],
    ['a hook and an approval have one name', stepsOf(HOOK, APPROVAL, LAST)],
    ['two hooks have two names', stepsOf(HOOK, "hook: { name: b, url: 'https://a.example' }", LAST)],
    ['an analysis comes after weight 0.1', changed('  - hook:', `  - setWeight: 0.1\n  - ${ANALYSIS}\n  - hook:`)],
    ['all of it is small', SMALL_PLAN],
  ])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});
