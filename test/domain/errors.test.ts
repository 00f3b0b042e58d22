import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../cli/command-error.ts';
import { ERROR_NAMES, kindOfName } from '../../domain/error-names.ts';
import { ERROR_KINDS, type ErrorKind, SluiceError } from '../../domain/errors.ts';

const root = join(import.meta.dirname, '../..');
const PRODUCT = ['domain', 'adapters', 'application', 'functions', 'cli', 'lab'];
const sources = globSync(
  PRODUCT.map(folder => `${folder}/**/*.ts`),
  { cwd: root },
).map(file => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** They are errors of systems that the lab stands in for, with names and fields of those. */
const STAND_INS = ['StateError', 'AwsError', 'ApiError', 'ThrottlingError'];

type Constructor = new (message: string, options?: ErrorOptions) => SluiceError;

/** Every class of errors that is exported: what a caller may see. Those of conditions and counts have a place first. */
async function exported(): Promise<[string, Constructor][]> {
  const found: [string, Constructor][] = [];
  for (const { file, text } of sources) {
    if (!/export class \w+ extends \w*Error\b/.test(text)) continue;
    const module = (await import(join(root, file))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value !== 'function' || !(value.prototype instanceof SluiceError)) continue;
      const isAbstract = new RegExp(`export abstract class ${name}\\b`).test(text);
      if (!isAbstract) found.push([name, value as Constructor]);
    }
  }
  return found;
}
const CLASSES = (await exported()).filter(([name]) => name !== CommandError.name);
const MADE_OTHERWISE = ['ConditionMistakeError', 'BadCountsError'];

/** A retrier or catcher of a machine. */
interface Clause {
  ErrorEquals: string[];
  MaxAttempts?: number;
}

function clausesIn(value: unknown): Clause[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'ErrorEquals' in value ? [value as Clause] : [];
  return [...own, ...Object.values(value).flatMap(clausesIn)];
}

describe('an error of ours', () => {
  it('has a class of a cause, and a name that ends in Error', () => {
    expect(CLASSES.length).toBeGreaterThan(35);
    const declared = sources.flatMap(({ text }) =>
      [...text.matchAll(/class (\w+) extends (?:Error|\w+Error)\b/g)].map(([, name = '']) => name),
    );
    expect(declared.filter(name => !name.endsWith('Error'))).toEqual([]);
    const bare = sources.flatMap(({ text }) =>
      [...text.matchAll(/class (\w+) extends (?:Type|Range)?Error\b/g)].map(([, name = '']) => name),
    );
    expect(bare.toSorted()).toEqual([...STAND_INS, SluiceError.name].toSorted());
  });

  it.each(CLASSES.filter(([name]) => !MADE_OTHERWISE.includes(name)))('%s keeps what caused it', (name, Class) => {
    const cause = new Error('the first');
    const error = new Class('the second', { cause });
    expect(error).toMatchObject({ name, message: 'the second', cause });
    expect(Object.keys(ERROR_KINDS)).toContain(error.kind);
  });

  it.each(CLASSES)('%s is told from its name alone what it is from its class', (name, Class) => {
    const { kind } = Class.prototype as SluiceError;
    const isOfLab = sources.some(({ file, text }) => file.startsWith('lab/') && text.includes(`class ${name} `));
    expect(kindOfName(name)).toBe(isOfLab ? 'broken' : kind); // no function fails with one of the lab's
  });

  it('has no name but of a class that there is', () => {
    const names = CLASSES.map(([name]) => name);
    expect(ERROR_NAMES.filter(name => !names.includes(name))).toEqual([]);
    expect(new Set(ERROR_NAMES).size).toBe(ERROR_NAMES.length);
  });

  it.each(['Error', 'TypeError', 'toString', 'Lambda.Unknown'])('%s, which is none of ours, is broken', name => {
    expect(kindOfName(name)).toBe('broken');
  });
});

describe('the machines and the causes', () => {
  const clauses = globSync('state-machines/*.asl.json', { cwd: root }).flatMap(file =>
    clausesIn(JSON.parse(readFileSync(join(root, file), 'utf8'))),
  );

  it('give up at once on nothing that another try helps with', () => {
    const givenUp = new Set(clauses.filter(({ MaxAttempts }) => MaxAttempts === 0).flatMap(one => one.ErrorEquals));
    const ours = [...givenUp].filter(name => ERROR_NAMES.includes(name));
    expect(ours.toSorted()).toEqual([
      'BadInputError',
      'ClusterRefusedError',
      'FieldOwnedError',
      'RouterRuleError',
      'StaleExecutionError',
      'TemplateChangedError',
      'UnknownEntryError',
    ]);
    expect(ours.filter(name => ERROR_KINDS[kindOfName(name)].helpsToRetry)).toEqual([]);
  });

  it('know throttling by its own name', () => {
    const named = clauses.flatMap(({ ErrorEquals }) => ErrorEquals).filter(name => kindOfName(name) === 'throttled');
    expect(new Set(named)).toEqual(new Set(['ThrottledError']));
  });
});

describe('what becomes of a cause', () => {
  it('stands in docs/errors.md as it is', () => {
    const rows = readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(
      /^\| `(\w+)` \| [^|]+ \| (yes|no) \| (\d{3}) \| (\d) \|$/gm,
    );
    const told = Object.fromEntries(
      [...rows].map(([, kind, retry, status, code]) => [
        kind,
        { helpsToRetry: retry === 'yes', httpStatus: Number(status), exitCode: Number(code) },
      ]),
    );
    expect(told).toEqual(ERROR_KINDS);
  });

  it.each([
    ['badInput', 2],
    ['refused', 2],
    ['notFound', 2],
    ['unreachable', 3],
    ['broken', 3],
  ] satisfies [ErrorKind, number][])('is the exit code of a command: %s ends with %d', (kind, code) => {
    const cause = new Error('first');
    const error = new CommandError('a sentence', kind, { cause });
    expect(error).toMatchObject({ name: 'CommandError', kind, exitCode: code, cause });
  });
});
