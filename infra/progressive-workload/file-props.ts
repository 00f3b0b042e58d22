import type * as z from 'zod';
import type { planSchema } from '../../domain/plan/plan-schema.ts';
import type { workloadSchema } from '../../domain/workload-file.ts';

/*
 * The package ships these two types written out, with the descriptions of their JSON Schemas (scripts/build/types.ts), and the
 * build fails where those are not the same types.
 */

/** A workload in the shape of its file, without what the construct makes itself. */
export type WorkloadProps = Omit<z.input<typeof workloadSchema>, 'apiVersion' | 'kind' | 'router'>;

/** A plan in the shape of its file. */
export type PlanProps = Omit<z.input<typeof planSchema>, 'apiVersion' | 'kind' | 'workload'>;
