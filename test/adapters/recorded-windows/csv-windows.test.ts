import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecordedWindows } from '../../../adapters/recorded-windows/csv-windows.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-csv-'));
const file = join(folder, 'windows.csv');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 'release,metric,start,end,canary_requests,canary_bad,stable_requests,stable_bad';

async function read(text: string | Uint8Array) {
  writeFileSync(file, text);
  return readRecordedWindows(file);
}

async function releasesOf(...lines: string[]) {
  const found = await read([HEADER, ...lines, ''].join('\n'));
  if (found.kind === 'mistake') throw new Error(found.message);
  return [...found.releases()];
}

const mistakeIn = async (...lines: string[]) => {
  const found = await read([HEADER, ...lines].join('\n'));
  return found.kind === 'mistake' ? found.message.replace(file, 'FILE') : 'no mistake';
};

describe('recorded windows from a CSV file', () => {
  it('are read by release and metric, each oldest first, in whatever order the lines are', async () => {
    // Act
    const releases = await releasesOf(
      'b,errors,120,180,10,1,90,2',
      'a,errors,60,120,20,0,80,0',
      'b,slow,60,120,10,3,90,9',
      'b,errors,60,120,11,0,91,1',
    );
    // Assess
    expect(
      releases.map(({ name, metrics }) => [name, metrics.map(one => [one.name, one.windows.map(w => w.startEpochMs)])]),
    ).toEqual([
      [
        'b',
        [
          ['errors', [60_000, 120_000]],
          ['slow', [60_000]],
        ],
      ],
      ['a', [['errors', [60_000]]]],
    ]);
    expect(releases[0]?.metrics[0]?.windows[0]?.reading).toEqual({
      kind: 'counts',
      canary: { requests: 11, bad: [0] },
      stable: { requests: 91, bad: [1] },
    });
  });

  it('may have columns in another order, line ends of Windows, quotes, blank lines and a byte order mark', async () => {
    // Act
    const found = await read(
      '\ufeffmetric,release,start,end,stable_requests,stable_bad,canary_requests,canary_bad\r\n\r\n"errors","a, the ""first""",60,120,90,2,10,1\r\n',
    );
    // Assess
    const [release] = found.kind === 'releases' ? [...found.releases()] : [];
    expect(release?.name).toBe('a, the "first"');
    expect(release?.metrics[0]?.windows[0]?.reading).toMatchObject({ canary: { requests: 10, bad: [1] } });
  });

  it.each([
    ['a negative count', 'a,e,0,60,-1,0,9,0', 'FILE:2: canary_requests: found "-1"; expected a whole number from 0'],
    ['a fraction', 'a,e,0,60,10,0.5,9,0', 'FILE:2: canary_bad: found "0.5"; expected a whole number from 0'],
    ['NaN', 'a,e,0,60,10,0,NaN,0', 'FILE:2: stable_requests: found "NaN"; expected a whole number from 0'],
    ['nothing', 'a,e,0,60,10,0,9,', 'FILE:2: stable_bad: found nothing; expected a whole number from 0'],
    ['more bad ones than requests', 'a,e,0,60,10,11,9,0', 'FILE:2: canary_bad: found 11; expected at most the 10'],
    ['more bad ones of stable', 'a,e,0,60,10,1,9,10', 'FILE:2: stable_bad: found 10; expected at most the 9'],
    ['an end that is the start', 'a,e,60,60,10,1,9,0', 'FILE:2: end: found 60; expected more than the start, 60'],
    ['milliseconds', 'a,e,1700000000000,1700000060000,1,0,9,0', 'FILE:2: start: found "1700000000000"; expected whole'],
    ['no release', ',e,0,60,10,1,9,0', 'FILE:2: release: found nothing; expected a name'],
    ['a field too few', 'a,e,0,60,10,1,9', 'FILE:2: line: found 7 fields; expected 8'],
    ['a quote that is open', '"a,e,0,60,10,1,9,0', 'FILE:2: line: found a quote that is never closed'],
  ])('are refused with the line and the field: %s', async (_, line, message) => {
    // Act, Assess
    expect(await mistakeIn(line)).toContain(message);
  });

  it('are refused where a line comes twice, with both lines', async () => {
    // Act, Assess
    expect(await mistakeIn('a,e,0,60,10,1,9,0', 'a,f,0,60,10,1,9,0', 'a,e,0,60,10,1,9,0')).toContain(
      'FILE:4: start: found the window 0 to 60 of e of a a second time (it is on line 2)',
    );
  });

  it('are refused where two of one metric overlap; those of two metrics may', async () => {
    // Act, Assess
    expect(await mistakeIn('a,e,60,120,10,1,9,0', 'a,e,30,90,10,1,9,0')).toContain(
      'FILE:3: start: found the window 30 to 90 of e of a, which overlaps 60 to 120 on line 2',
    );
    expect(await mistakeIn('a,e,60,120,10,1,9,0', 'a,f,30,90,10,1,9,0')).toBe('no mistake');
  });

  it('are refused where the file has no header, a column less, one that is not known, or nothing', async () => {
    // Act
    const messages: string[] = [];
    for (const text of [
      `${HEADER}\n`,
      '',
      'a,e,0,60,10,1,9,0\n',
      HEADER.replace(',stable_bad', ''),
      `${HEADER},colour`,
    ]) {
      const found = await read(text);
      messages.push(found.kind === 'mistake' ? found.message : '');
    }
    // Assess
    expect(messages[0]).toContain('a header and no line below it');
    expect(messages[1]).toContain('an empty file');
    expect(messages[2]).toContain('release, metric, start');
    expect(messages[3]).toContain('stable_bad: found no such column');
    expect(messages[4]).toContain('a column "colour"');
  });

  it('are refused where the file is not there, a directory, or no text', async () => {
    // Act
    const [missing, directory] = [await readRecordedWindows(`${file}.not`), await readRecordedWindows(folder)];
    const binary = await read(Uint8Array.of(0xff, 0xfe, 0x00, 0x0a));
    // Assess
    expect(missing).toMatchObject({ kind: 'mistake', message: expect.stringContaining('no such file') });
    expect(directory).toMatchObject({ kind: 'mistake', message: expect.stringContaining('a directory') });
    expect(binary).toMatchObject({ kind: 'mistake', message: expect.stringContaining('not UTF-8') });
  });
});
