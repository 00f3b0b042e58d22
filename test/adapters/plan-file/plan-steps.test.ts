import { describe, expect, it } from 'vitest';
import { changed, mistakesOf, SMALL_PLAN, shortly } from './plan-text.ts';

describe('steps that are not whole', () => {
  const stepsOf = (...steps: string[]) =>
    `apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: canary\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`;

  it.each([
    ['a word', ['setWeight', 'setWeight: 100'], ["setWeight <- 'setWeight'"]],
    ['nothing', ['', 'setWeight: 100'], [' <- nothing']],
    ['a list', ['[setWeight, 5]', 'setWeight: 100'], ['[ <- a list']],
    ['none at all with a weight', ['bake: 5m'], ['- <- no setWeight']],
    ['an unknown key beside a known one', ['{ setWeight: 100, bakes: 5m }'], ["bakes <- the unknown key 'bakes'"]],
    // the broken step may be the weight that is missing
    ['a misspelt last weight', ['setWeight: 5', 'setWeigth: 100'], ["setWeigth <- the unknown key 'setWeigth'"]],
    ['a misspelt only weight', ['setWeigth: 100'], ["setWeigth <- the unknown key 'setWeigth'"]],
    ['a wrong last weight', ['setWeight: 5', 'setWeight: 1000'], ['1000 <- 1000']],
    // and a bake that is broken after the last weight hides it as well
    [
      'a step behind the last weight that is broken',
      ['setWeight: 5', 'waitt: 5m'],
      ["waitt <- the unknown key 'waitt'"],
    ],
    [
      'one before a wrong last weight',
      ['waitt: 5m', 'setWeight: 90'],
      ["waitt <- the unknown key 'waitt'", '90 <- 90 as the last weight'],
    ],
    ['weight 90 before a bake', ['setWeight: 90', 'bake: 5m'], ['90 <- 90 as the last weight']],
    [
      'an analysis at weight 0',
      ['setWeight: 0', 'analysis: { metrics: [b], count: 1 }', 'setWeight: 100'],
      ['analysis <- an analysis before the canary gets requests', "b <- the unknown metric 'b'"],
    ],
    ['no step', [], ['steps <- nothing']],
  ])('%s', (_, steps, expected) => {
    // Act
    const mistakes = mistakesOf(stepsOf(...steps));
    // Assess
    expect(mistakes.map(shortly)).toEqual(expected);
  });
});

describe('what is expected', () => {
  it('of a key in a judge are the keys of that judge alone', () => {
    // Act
    const [mistake] = mistakesOf(changed('max: 1.2', 'max: 1.2, quux: 1'));
    // Assess
    expect(mistake?.expected).toBe('kind, max, min, failureLimit, minRequests or ceiling');
  });

  it('is not guessed to be a key that is there already', () => {
    // Act: beside max, min would be a mistake itself
    const [mistake] = mistakesOf(changed('max: 1.2', 'max: 1.2, mix: 1'));
    // Assess
    expect(mistake).toMatchObject({ found: "the unknown key 'mix'" });
    expect(mistake).not.toHaveProperty('guess');
  });

  it('of a soak in a blueGreen plan without it is said of the strategy', () => {
    // Act
    const text = 'apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: blueGreen\nsteps: [{ setWeight: 100 }]\n';
    // Assess
    expect(mistakesOf(text).map(shortly)).toEqual([
      'blueGreen <- blueGreen, and no metric that can judge when all requests go to the canary',
    ]);
    expect(mistakesOf(`${text}soak: 0s\n`).map(shortly)).toEqual([
      'blueGreen <- blueGreen, and no metric that can judge when all requests go to the canary',
    ]);
  });
});

describe('metrics that judge without stable traffic', () => {
  const withoutCeiling = SMALL_PLAN.replace(', ceiling: 1%', '')
    .replace(/ {2}- name: failing\n.*\n.*\n/, '')
    .replace(/ {2}- analysis.*\n/, '');

  it('are asked for by a soak', () => {
    // Act
    const mistakes = mistakesOf(withoutCeiling);
    // Assess
    expect(mistakes.map(shortly)).toEqual([
      '15m <- a soak of 15m, and no metric that can judge when all requests go to the canary',
    ]);
  });

  it('are asked for by blueGreen, soak or not', () => {
    // Act
    const mistakes = mistakesOf(
      withoutCeiling.replace('canary', 'blueGreen').replace('  - setWeight: 5\n', '').replace('soak: 15m\n', ''),
    );
    // Assess
    expect(mistakes.map(shortly)).toEqual([
      'blueGreen <- blueGreen, and no metric that can judge when all requests go to the canary',
    ]);
  });

  it('are not asked for where the release ends with the last step', () => {
    expect(mistakesOf(withoutCeiling.replace('soak: 15m\n', ''))).toEqual([]);
  });

  it('may be a relative one with a ceiling', () => {
    expect(mistakesOf(withoutCeiling.replace('max: 1.5', 'max: 1.5, ceiling: 2%'))).toEqual([]);
  });
});
