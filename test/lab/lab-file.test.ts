import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readLabFile, writeLabFile } from '../../lab/lab-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-file-'));
const path = join(folder, '.sluice/lab.json');
const lab = { env: { AWS_REGION: 'eu-west-1', ABSENT: undefined }, edge: { url: 'http://127.0.0.1:1' } };
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is written for its owner only, read back, and removed with the folder that was made for it', () => {
  // Act
  const file = writeLabFile(lab, path);
  const found = readLabFile(path);
  const mode = statSync(path).mode & 0o777;
  file.remove();
  file.remove();
  // Assess
  const written = { pid: process.pid, url: 'http://127.0.0.1:1', env: { AWS_REGION: 'eu-west-1' } };
  expect(found).toEqual({ kind: 'found', lab: written });
  expect(mode).toBe(0o600);
  expect(readdirSync(folder)).toEqual([]);
});

it("another lab's file is neither written over nor removed while that lab runs, and replaced when it is gone", async () => {
  // Prepare
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const file = writeLabFile(lab, path);
  writeFileSync(path, JSON.stringify({ pid: other.pid, url: 'x', env: {} }));
  // Act
  file.remove();
  const stays = existsSync(path);
  const taken = () => writeLabFile(lab, path);
  expect(taken).toThrow(`is the file of another lab that runs (process ${other.pid})`);
  other.kill();
  await once(other, 'exit');
  const stale = readLabFile(path);
  writeLabFile(lab, path);
  // Assess
  expect(stays).toBe(true);
  expect(stale).toEqual({ kind: 'stale', pid: other.pid });
  expect(readLabFile(path)).toMatchObject({ kind: 'found', lab: { pid: process.pid } });
});

it.each([
  ['no JSON', '{'],
  ['something else', '{"name": "sluice"}'],
])('says that a file with %s is not one of a lab', (_, text) => {
  // Prepare
  writeLabFile(lab, path);
  // Act
  writeFileSync(path, text);
  // Assess
  expect(readLabFile(path)).toEqual({ kind: 'unreadable', because: 'it is not the file of a lab' });
  expect(readLabFile(join(folder, 'none.json'))).toEqual({ kind: 'missing' });
});
