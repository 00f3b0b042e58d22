import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { sluice } from './sluice.ts';

describe('sluice plan check', () => {
  it('prints what will happen and what cannot be promised, and exits 0', async () => {
    // Act
    const { code, out, err } = await sluice(
      'plan',
      'check',
      'examples/canary.yaml',
      '--workload',
      'examples/workload.yaml',
    );
    // Assess
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/What will happen[\s\S]*10 % {2}bake 10m[\s\S]*What this plan cannot promise/);
  });

  it('prints mistakes to stderr and exits 2', async () => {
    // Act: a workload is not a plan
    const { code, out, err } = await sluice('plan', 'check', 'examples/workload.yaml');
    // Assess
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(
      "examples/workload.yaml:4:7: kind: found 'Workload', a workload's file; expected the file of a plan; a workload is given with --workload\n  4 | kind: Workload\n    |       ^^^^^^^^\n",
    );
  });

  it('tells the mistakes of both files at once', async () => {
    // Act
    const { code, err } = await sluice('plan', 'check', 'missing.yaml', '--workload', 'examples/canary.yaml');
    // Assess
    expect(code).toBe(2);
    expect(err).toContain('missing.yaml: found no such file');
    expect(err).toContain("examples/canary.yaml:5:7: kind: found 'Plan'; expected Workload");
  });

  it('tells the mistakes of the workload alone', async () => {
    // Act
    const { code, out, err } = await sluice('plan', 'check', 'examples/canary.yaml', '--workload', 'missing.yaml');
    // Assess
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('missing.yaml: found no such file; expected a YAML file that can be read\n\n1 mistake\n');
  });

  it('prints one JSON value with --json, whether the plan is right or not', async () => {
    // Act
    const right = await sluice('plan', 'check', '--json', 'examples/blue-green.yaml');
    const wrong = await sluice('plan', 'check', '--json', 'examples');
    // Assess
    expect(JSON.parse(right.out)).toMatchObject({
      kind: 'plan',
      plan: { strategy: 'blueGreen' },
      timeline: { endsSeconds: 4500 },
    });
    expect(JSON.parse(wrong.out)).toEqual({
      kind: 'mistakes',
      mistakes: [{ file: 'examples', path: '', found: 'a directory', expected: 'a YAML file that can be read' }],
    });
    expect(wrong.code).toBe(2);
  });

  it.each([
    ['no file', ['plan', 'check'], "missing required argument 'file'"],
    ['an unknown option', ['plan', 'check', 'x', '--jsno'], '--json'],
    ['an unknown command', ['plna'], 'plan'],
    ['no command', [], 'Usage: sluice'],
  ])('answers %s with help and 2', async (_, args, said) => {
    // Act
    const { code, err } = await sluice(...args);
    // Assess
    expect(code).toBe(2);
    expect(err).toContain(said);
  });

  it('gives help and the version when asked, and exits 0', async () => {
    expect(await sluice('--help')).toMatchObject({ code: 0, out: expect.stringContaining('plan') });
    expect(await sluice('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('runs as a program of its own', async () => {
    // Act
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>(resolve => {
      execFile(process.execPath, ['cli/sluice.ts', 'plan', 'check', 'missing.yaml'], (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });
    // Assess
    expect(code).toBe(2);
    expect(stderr).toBe('missing.yaml: found no such file; expected a YAML file that can be read\n\n1 mistake\n');
  });
});
