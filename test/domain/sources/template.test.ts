import { describe, expect, it } from 'vitest';
import { gives, type Measure } from '../../../domain/sources/measure.ts';
import { fillTemplate, tellsVersionsApart, templateVariables } from '../../../domain/sources/template.ts';

describe('the variables of a text', () => {
  it.each([
    ['none', 'up{slot="blue"}', []],
    ['one', '${slot}', [{ name: 'slot', column: 1 }]],
    [
      'two, the same twice',
      'a ${slot} ${slot}',
      [
        { name: 'slot', column: 3 },
        { name: 'slot', column: 11 },
      ],
    ],
    ['one without a name', '${}', [{ name: '', column: 1 }]],
    ['one that is not closed at the end', 'a${slot', [{ name: undefined, column: 2 }]],
    ['one that is not closed before a quote', 'x{s="${slot"}', [{ name: undefined, column: 6 }]],
    ['one in another is part of the first, which is not closed', '${a${slot}', [{ name: undefined, column: 1 }]],
    ['a dollar is not one', '$slot {slot} $ {slot}', []],
  ])('%s', (_, text, variables) => {
    expect(templateVariables(text)).toEqual(variables);
  });

  it.each([
    ['${slot}', true],
    ['a-${revision}', true],
    ['${workload} ${targetGroup}', true],
    ['${workload} ${namespace} ${window} ${loadBalancer}', false],
    ['slot', false],
    ['${slot', false],
  ])('%s tells one version from the other: %s', (text, tells) => {
    expect(tellsVersionsApart(text)).toBe(tells);
  });

  it('are filled in, each time and encoded where that is wanted', () => {
    const values = { slot: 'blue', workload: 'a/b' };
    expect(fillTemplate('${workload}-${slot}-${slot}', values)).toBe('a/b-blue-blue');
    expect(fillTemplate('${workload}?${slot}', values, encodeURIComponent)).toBe('a%2Fb?blue');
    expect(fillTemplate('${slot}', { slot: '' })).toBe('');
    expect(fillTemplate('no variable', {})).toBe('no variable');
  });

  it.each(['window', 'toString'])('%s without a value is a fault', name => {
    expect(() => fillTemplate(`a\${${name}}`, { slot: 'blue' })).toThrow(new RangeError(`\${${name}} has no value`));
  });
});

describe('a measure gives', () => {
  it.each([
    ['failedRequests', 'counts'],
    ['target5xxAndConnectionErrors', 'counts'],
    ['target4xx', 'counts'],
    ['target3xx', 'counts'],
    ['slowerThan', 'counts'],
    ['counters', 'counts'],
    ['histogram', 'counts'],
    ['percentile', 'value'],
    ['metricValue', 'value'],
    ['queryValue', 'value'],
    ['query', 'result'],
    ['json', 'result'],
    ['alarm', 'alarm'],
    ['band', 'band'],
  ])('%s: %s', (kind, what) => {
    expect(gives({ kind } as Measure)).toBe(what);
  });
});
