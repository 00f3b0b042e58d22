import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serialiseMistakes } from '../../../adapters/plan-file/mistake.ts';
import { readPlanFile } from '../../../adapters/plan-file/read-plan.ts';
import { changed, mistakesOf, SMALL_PLAN, shortly } from './plan-text.ts';

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'.split('').map((key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcdefg'[index]}`).join(', ')}]`),
].join('\n');

describe('a file that is not one YAML document is one clear mistake', () => {
  it.each([
    ['an empty file', '', '- nothing in the file'],
    ['comments only', '# later\n', '- nothing in the file'],
    ['a start of a document only', '---\n', '- nothing in the file'],
    ['a word', 'hello\n', "hello <- 'hello'"],
    ['a list', '- a\n- b\n', '- <- a list'],
    ['null', '~\n', '~ <- nothing'],
    ['two documents', `${SMALL_PLAN}---\n${SMALL_PLAN}`, '--- <- a second document'],
    ['a tab', changed('    judge', '\tjudge'), '\t <- a tab'],
    [
      'a Helm value',
      changed('soak: 15m', 'soak: {{ .Values.soak }}'),
      '{{ .Values.soak }} <- a template that was not rendered',
    ],
    [
      'a quoted Helm value',
      changed('soak: 15m', 'soak: "{{ .Values.soak }}"'),
      '{{ .Values.soak }} <- a template that was not rendered',
    ],
    [
      'a Helm block',
      `{{- if .Values.on }}\n${SMALL_PLAN}{{- end }}\n`,
      '{{- if .Values.on }} <- a template that was not rendered',
    ],
    ['an unclosed list', changed('groups: [leads]', 'groups: [leads'), "[ <- '[', which is not closed"],
    ['an unclosed quote', changed("'result[0] < 0.05'", "'result[0] < 0.05"), ' <- '],
    [
      'wrong indentation',
      changed('  - setWeight: 5', ' - setWeight: 5'),
      ' <- a line indented by 1 space, which is beside no other',
    ],
    ['a colon in a text', changed('strategy: canary', 'strategy: a: b'), "a: b <- a second ': ' in one line"],
    [
      'a text that begins with a percent sign',
      changed('soak: 15m', 'soak: %15'),
      "% <- a text that begins with a sign of YAML's own",
    ],
    [
      'aliases that explode',
      `${bomb}\n`,
      'a: &a [x, x, x, x, x, x, x, x, x, x] <- aliases that make more than 10000 values',
    ],
    ['brackets without end', `a: ${'['.repeat(20_000)}`, '[ <- lists or maps nested too deep'],
    ['a huge file', `# ${'x'.repeat(200_000)}\n${SMALL_PLAN}`, '- 200'],
  ])('%s', (_, text, expected) => {
    // Act
    const mistakes = mistakesOf(text);
    // Assess
    expect(mistakes).toHaveLength(1);
    expect(mistakes.map(shortly).join()).toContain(expected);
  });
});

describe('YAML that can be read and is still wrong is told beside all the rest', () => {
  it.each([
    ['a key twice', changed('soak: 15m', 'soak: 15m\nsoak: 20m'), "soak <- the key 'soak' a second time"],
    ['a number as a key', changed('soak: 15m', 'soak: 15m\n7: x'), '7 <- the key 7'],
    ['true as a key', changed('soak: 15m', 'soak: 15m\ntrue: x'), 'true <- the key true'],
    ['nothing as a key', changed('soak: 15m', 'soak: 15m\n? \n: x'), ' <- the key nothing'],
    ['a list as a key', changed('soak: 15m', 'soak: 15m\n? [a, b]\n: x'), '[a, b] <- a map or list as a key'],
    ['an alias without an anchor', changed('soak: 15m', 'soak: *later'), '*later <- the alias *later'],
    [
      'an alias in its own anchor',
      changed('groups: [leads]', 'groups: &g [*g]'),
      '*g <- the alias *g inside its own anchor',
    ],
    [
      'lists in lists',
      changed('groups: [leads]', `groups: ${'['.repeat(100)}${']'.repeat(100)}`),
      ' <- lists or maps nested too deep',
    ],
    ['a tag', changed('soak: 15m', 'soak: !minutes 15'), '!minutes <- '],
  ])('%s', (_, text, expected) => {
    // Act
    const mistakes = mistakesOf(changed('setWeight: 100', 'setWeight: 1000', text)).map(shortly);
    // Assess
    expect(mistakes).toContainEqual(expect.stringContaining(expected));
    expect(mistakes).toContainEqual('1000 <- 1000');
  });

  it('is silent about braces in a comment', () => {
    expect(mistakesOf(`# written by {{ someone }}\n${SMALL_PLAN}`)).toEqual([]);
    expect(mistakesOf(changed('soak: 15m', 'soak: 15m # was {{ .Values.soak }}'))).toEqual([]);
  });
});

describe('a file that cannot be read is one mistake without a line', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-plan-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['is not there', 'missing.yaml', undefined, 'no such file'],
    ['is a directory', '.', undefined, 'a directory'],
    ['is not UTF-8', 'latin1.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xe9]), 'bytes that are not UTF-8'],
    ['is huge', 'huge.yaml', Buffer.alloc(1_000_000, 0x20), 'a larger file'],
  ])('because it %s', async (_, name, bytes, found) => {
    // Prepare
    const file = join(folder, name);
    if (bytes !== undefined) await writeFile(file, bytes);
    // Act
    const read = await readPlanFile(file);
    // Assess
    expect(read).toMatchObject({ kind: 'mistakes', mistakes: [{ file, found }] });
  });

  it('and one that can be read is the plan', async () => {
    // Prepare
    const file = join(folder, 'plan.yaml');
    await writeFile(file, SMALL_PLAN);
    // Act
    const read = await readPlanFile(file);
    // Assess
    expect(read.kind).toBe('plan');
  });
});

describe('mistakes as a person reads them', () => {
  it('have a place, a sentence, the line, a caret and a guess', () => {
    // Act
    const text = serialiseMistakes(mistakesOf(changed('  - bake: 5m', '  - bake: 5min # long')));
    // Assess
    expect(text).toBe(
      [
        "plan.yaml:20:11: steps[2].bake: found '5min'; expected a duration such as 90s, 5m, 2h or 1h30m, above 0s",
        '  20 |   - bake: 5min # long',
        '     |           ^^^^',
        '  did you mean 5m?',
        '',
        '1 mistake',
        '',
      ].join('\n'),
    );
  });

  it('point into the middle of a condition', () => {
    // Act
    const [mistake] = mistakesOf(changed("'result[0] < 0.05'", "'result[0] < < 1'"));
    // Assess
    // The text begins at column 50, behind its quote; the second '<' is its 13th character.
    expect(mistake?.at).toMatchObject({ line: 13, column: 62, length: 1 });
  });

  it('keep the caret in place behind tabs, and let no control character through to the terminal', () => {
    // Act
    const text = serialiseMistakes(mistakesOf(changed('soak: 15m', 'soak:\t\u001b[31m15m')));
    // Assess
    expect(text).not.toContain('\u001b');
    expect(text).toContain('  24 | soak:\t·[31m15m\n     |      \t^');
  });

  it('show the part of a long line that matters', () => {
    // Act
    const text = serialiseMistakes(mistakesOf(changed('[leads]', `[${'leads, '.repeat(50)}7]`)));
    // Assess
    const [line = '', caret = ''] = text.split('\n').slice(1, 3);
    expect(line[caret.indexOf('^')]).toBe('7');
    expect(line.length).toBeLessThan(140);
  });

  it('all come in one go, in the order of the file', () => {
    // Prepare: one mistake of every kind, in one file
    const text = SMALL_PLAN.replace('workload: checkout', 'workload: Checkout')
      .replace('strategy: canary', 'strategy: canry')
      .replace('deadline: 1h', 'deadline: 10m\ncontrol: 5%')
      .replace('window: 60s', 'window: 45s')
      .replace('max: 1.5', 'max: 1.5, min: 0.9')
      .replace("'result[0] < 0.05'", "'result[0] <'")
      .replace('percentile: 99', 'percentil: 99')
      .replace('setWeight: 5', 'setWeigth: 5')
      .replace('bake: 5m', 'bake: 5min')
      .replace('[failing]', '[faling]')
      .replace('groups: [leads]', 'groups: []')
      .replace('setWeight: 100', 'setWeight: 99')
      .replace('soak: 15m', 'soak: 15m\nsoak: 16m\nnotify: [{ kind: slack, on: [held] }]');
    // Act
    const mistakes = mistakesOf(text);
    // Assess
    expect(mistakes.map(({ at, path, guess }) => [at?.line, at?.column, path, guess])).toEqual([
      [3, 11, 'workload', undefined],
      [4, 11, 'strategy', 'canary'],
      [5, 11, 'deadline', undefined],
      [6, 10, 'control', '5'],
      [7, 9, 'window', '60s'],
      [11, 40, 'metrics[0].judge', undefined],
      [14, 61, 'metrics[1].judge.successCondition', undefined],
      [16, 42, 'metrics[2].source.value', 'percentile'],
      [20, 5, 'steps[1]', 'setWeight'],
      [21, 11, 'steps[2].bake', '5m'],
      [22, 27, 'steps[3].analysis.metrics[0]', 'failing'],
      [23, 40, 'steps[4].approval.groups', undefined],
      [24, 16, 'steps[5].setWeight', undefined],
      [26, 1, '', undefined],
      [27, 18, 'notify[0].kind', undefined],
    ]);
  });
});
