import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serialiseMistakes } from '../../adapters/plan-file/mistake.ts';
import { readPlanFile, readWorkloadFile } from '../../adapters/plan-file/read-plan.ts';

const files = readdirSync('examples')
  .filter(file => file.endsWith('.yaml'))
  .map(file => `examples/${file}`)
  .filter(file => readFileSync(file, 'utf8').includes('apiVersion: sluice/v1')); // the others are Kubernetes objects
const isWorkload = (file: string) => readFileSync(file, 'utf8').includes('kind: Workload');

describe('an example to copy has no mistakes', () => {
  it('and there are some', () => {
    expect(files).toEqual(
      expect.arrayContaining(['examples/canary.yaml', 'examples/blue-green.yaml', 'examples/workload.yaml']),
    );
  });

  it.each(files)('%s', async file => {
    // Prepare
    const workload = await readWorkloadFile('examples/workload.yaml');
    if (workload.kind !== 'workload') throw new Error(serialiseMistakes(workload.mistakes));
    // Act
    const read = isWorkload(file) ? await readWorkloadFile(file) : await readPlanFile(file, workload.workload);
    // Assess
    expect(read.kind === 'mistakes' ? serialiseMistakes(read.mistakes) : '').toBe('');
  });
});
