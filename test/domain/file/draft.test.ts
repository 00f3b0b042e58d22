import { describe, expect, it } from 'vitest';
import { draftOf } from '../../../domain/file/draft.ts';
import type { Issue, Path } from '../../../domain/file/issue.ts';

const issue = (path: Path, at: Issue['at'] = 'value'): Issue => ({ path, at, found: 'x', expected: 'y' });
const file = () => ({ name: 'a', steps: [{ weight: 5 }, { weight: 500 }, 'x'], hold: null });
const draft = (...issues: Issue[]) => draftOf(file(), issues);

describe('a draft, for the rules between the parts of a file', () => {
  it('is the whole file where nothing is wrong', () => {
    expect(draft()).toStrictEqual(file());
  });

  it('lacks what is a mistake by itself, a value or a key', () => {
    expect(draft(issue(['name']), issue(['steps', 1, 'weight']))).toStrictEqual({
      steps: [{ weight: 5 }, {}, 'x'],
      hold: null,
    });
    expect(draft(issue(['hold'], 'key'))).toStrictEqual({ name: 'a', steps: file().steps });
  });

  it('has what it has where something else is missing', () => {
    expect(draft(issue(['name'], 'missing'))).toStrictEqual(file());
  });

  it('keeps the places of a list, so that later mistakes are told where they are', () => {
    expect(draft(issue(['steps', 0]))).toStrictEqual({ ...file(), steps: [undefined, { weight: 500 }, 'x'] });
  });

  it.each<[Path]>([
    [[]],
    [['hold', 'atMost']],
    [['hold', 'atMost', 'x']],
    [['name', 'x', 'y']],
    [['name', 'x', 'y', 'z']],
    [['nothing', 'x']],
    [['steps', 2, 'x']],
  ])('is as the file is where there is nothing at %j', path => {
    expect(draft(issue(path))).toStrictEqual(file());
  });

  it('leaves the file itself alone', () => {
    const whole = file();
    draftOf(whole, [issue(['steps', 0, 'weight'])]);
    expect(whole).toStrictEqual(file());
  });
});
