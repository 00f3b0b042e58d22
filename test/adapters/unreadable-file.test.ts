import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyUnreadable } from '../../adapters/unreadable-file.ts';

describe('a file that a person named and that cannot be read', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-unreadable-'));
    await symlink(join(folder, 'loop'), join(folder, 'loop'));
    await writeFile(join(folder, 'file'), '');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['is not there', 'missing', 'no such file'],
    ['would be inside another file', 'file/inside', 'no such file'],
    ['is a directory', '.', 'a directory'],
    ['is a link to itself', 'loop', 'a link that leads nowhere'],
    ['has a name that no file can have', 'x'.repeat(300), 'a name that is too long'],
  ])('%s', async (_, name, why) => {
    // Act
    const error = await readFile(join(folder, name)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    // Assess
    expect(whyUnreadable(error)).toBe(why);
  });

  it.each(['EACCES', 'EPERM'])('is refused to whoever reads it (%s)', code => {
    expect(whyUnreadable(Object.assign(new Error('refused'), { code }))).toBe('a file that you may not read');
  });

  it('is a fault of the machine for any other reason, and told as one', () => {
    expect(whyUnreadable(Object.assign(new Error('i/o error'), { code: 'EIO' }))).toBeUndefined();
    expect(whyUnreadable(Object.assign(new Error('odd'), { code: 'toString' }))).toBeUndefined();
    expect(whyUnreadable(new TypeError('no code'))).toBeUndefined();
    expect(whyUnreadable('thrown')).toBeUndefined();
  });
});
