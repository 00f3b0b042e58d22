import type * as z from 'zod';
import type { planSchema } from '../../domain/plan/plan-schema.ts';
import type { workloadSchema } from '../../domain/workload-file.ts';

/*
 * The package ships these two types written out, with the descriptions of their JSON Schemas (scripts/build/types.ts), and the
 * build fails where those are not the same types.
 */

/**
 * A workload in the shape of its file, without what the construct makes itself.
 *
 *     const workload: WorkloadProps = {
 *       name: 'checkout',
 *       cluster: { name: 'prod', namespace: 'shop' },
 *       deployment: 'checkout',
 *       container: 'app',
 *       repositories: [{ name: 'checkout', tags: 'v*' }],
 *     };
 */
export type WorkloadProps = Omit<z.input<typeof workloadSchema>, 'apiVersion' | 'kind' | 'router'>;

/**
 * A plan in the shape of its file.
 *
 *     const plan: PlanProps = {
 *       strategy: 'canary',
 *       steps: [{ setWeight: 10 }, { bake: '10m' }, { setWeight: 100 }],
 *       soak: '15m',
 *     };
 */
export type PlanProps = Omit<z.input<typeof planSchema>, 'apiVersion' | 'kind' | 'workload'>;
