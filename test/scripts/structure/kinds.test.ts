import { describe, expect, it } from 'vitest';
import { checkKinds, type Family, kindText } from '../../../scripts/structure/kinds.ts';

const JUDGES: Family = {
  name: 'judge',
  kinds: ['alarm', 'relative', 'mannWhitney'],
  rooms: ['domain/judges'],
  registries: ['domain/judges/plan-registry.ts'],
  called: /judge/i,
  everyday: ['alarm', 'relative'],
};

const straysIn = (text: string, file = 'domain/plan/timeline.ts') =>
  checkKinds(new Map([[file, text]]), [JUDGES]).strays.map(({ kind, what }) => `${kind}: ${what}`);

describe('a kind is named outside its folder by', () => {
  it.each([
    ["if (metric.judge.kind === 'alarm') ring();", 'alarm: a comparison'],
    ["const is = 'alarm' !== metric?.judge?.kind;", 'alarm: a comparison'],
    ["switch (judge.kind) { case 'relative': break; }", 'relative: a switch'],
    ["const { judge } = metric; f(judge.kind === 'relative');", 'relative: a comparison'],
    ["if (x.kind === 'mannWhitney') score();", 'mannWhitney: a comparison'],
    ["if (judgeKind === 'alarm') ring();", 'alarm: a comparison'],
    ["const metric = { judge: { kind: 'alarm', failureLimit: 1 } };", 'alarm: a kind that is written out'],
    ["const judge = { kind: 'relative' } as const;", 'relative: a kind that is written out'],
    ["type Band = Extract<JudgeSpec, { kind: 'alarm' }>;", 'alarm: a kind that is written out'],
    ["interface AlarmJudge { kind: 'alarm' }", 'alarm: a kind that is written out'],
    ["const of = { kind: 'mannWhitney' };", 'mannWhitney: a kind that is written out'],
    ['f(`mannWhitney`);', 'mannWhitney: a text'],
    ["const DEFAULTS = { window: '60s', mannWhitney: {} };", 'mannWhitney: a key'],
    ["type Some = 'x' | 'mannWhitney';", 'mannWhitney: a type'],
  ])('%s', (text, stray) => {
    expect(straysIn(text)).toEqual([stray]);
  });

  it.each([
    ["const ALONE = ['alarm', 'relative'] as const;", 'a list of kinds'],
    ["const READS: Record<Kind, string> = { alarm: 'a', relative: 'b' };", 'a table by kind'],
    ["type Kind = 'alarm' | 'relative';", 'a type by kind'],
  ])('several at once: %s', (text, what) => {
    expect(straysIn(text)).toEqual([`alarm: ${what}`, `relative: ${what}`]);
  });
});

describe('another thing of the same name is', () => {
  it.each([
    "if (reading.kind === 'alarm') ring();",
    "switch (measure.kind) { case 'alarm': break; }",
    "const reading = { kind: 'alarm', state };",
    "type Fact = { kind: 'alarm'; state: string };",
    'const detector = { alarm: undefined, metrics: [] };',
    "const places = ['absolute', 'relative'];",
    "const how = relative === 'relative' ? 1 : 2;",
    "import { alarm } from 'alarm';",
    "const said = 'the judge relative, or alarm'; // and mannWhitney in a comment",
    'const alarm = relative(1);',
    "f('alarm');",
  ])('%s', text => {
    expect(straysIn(text)).toEqual([]);
  });
});

describe('a kind may be named', () => {
  const text = "export const kind = { judge: { kind: 'mannWhitney' } };";

  it('in its own folder, and in no other one', () => {
    expect(straysIn(text, 'domain/judges/mann-whitney/plan.ts')).toEqual([]);
    expect(straysIn(text, 'domain/judges/alarm/plan.ts')).toHaveLength(1);
    expect(straysIn(text, 'domain/judges/mann-whitney.ts')).toHaveLength(1);
  });

  it('in the registries', () => {
    expect(straysIn(text, 'domain/judges/plan-registry.ts')).toEqual([]);
    expect(straysIn(text, 'domain/judges/words.ts')).toHaveLength(1);
  });

  it('where an exemption says why, for a file or for a folder', () => {
    const files = new Map([
      ['lab/simulation/a.ts', text],
      ['lab/b.ts', text],
      ['lab/b.tsx', text],
    ]);
    const because = 'it is a plan to copy';
    const exemptions = ['lab/simulation/', 'lab/b.ts'].map(path => ({ path, because }));
    expect(checkKinds(files, [JUDGES], exemptions).strays.map(({ file }) => file)).toEqual(['lab/b.tsx']);
  });
});

describe('the check', () => {
  it('counts what it looked at, and tells which kinds it saw nowhere', () => {
    const files = new Map([
      ['domain/judges/alarm/plan.ts', "export const kind = 'alarm';"],
      ['domain/plan/a.ts', "f(reading.kind === 'alarm');"],
      ['domain/plan/b.ts', 'nothing();'],
    ]);
    const { unseen, ...counted } = checkKinds(files, [JUDGES]);
    expect(counted).toEqual({ files: 3, literals: 2, strays: [] });
    expect(unseen.map(({ kind }) => kind)).toEqual(['relative', 'mannWhitney']);
    expect(checkKinds(new Map(), [JUDGES])).toMatchObject({ files: 0, literals: 0 });
  });

  it('keeps families apart that have a kind of the same name', () => {
    const sources = { ...JUDGES, name: 'source', kinds: ['alarm'], rooms: ['domain/sources'], called: /source/ };
    const files = new Map([['domain/plan/a.ts', "f(source.kind === 'alarm');"]]);
    expect(checkKinds(files, [JUDGES, sources]).strays.map(({ family }) => family)).toEqual(['source']);
  });

  it('says where the literal stands', () => {
    const files = new Map([['cli/a.ts', "\n\nf(judge.kind === 'alarm');"]]);
    const [stray] = checkKinds(files, [JUDGES]).strays;
    expect(stray && kindText(stray)).toBe(
      "no-stray-kinds: cli/a.ts:3 names the judge 'alarm' in a comparison: it belongs into its folder, or is asked of the registry",
    );
  });
});
