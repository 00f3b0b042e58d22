import * as z from 'zod';
import type { Draft } from '../file/draft.ts';
import { oneOf } from '../file/issue.ts';
import { cloudwatch } from './cloudwatch/plan.ts';
import { json } from './json/plan.ts';
import { prometheus } from './prometheus/plan.ts';
import type { SourcePlanKind } from './source-plan-kind.ts';

/** Every kind of source, as a plan is read. A line for each; facts-registry.ts has what is true of it at any time. */
const KINDS = [cloudwatch, prometheus, json] as const;

type Kinds = typeof KINDS;

export const SOURCE_PLANS: readonly SourcePlanKind[] = KINDS;

/** @throws RangeError no source is called so */
export function sourcePlanOf(kind: string): SourcePlanKind {
  const found = SOURCE_PLANS.find(({ facts }) => facts.kind === kind);
  if (found === undefined) throw new RangeError(`no source is called ${kind}`);
  return found;
}

type SchemasOf<List extends readonly { schema: z.ZodObject }[]> = { [Index in keyof List]: List[Index]['schema'] };

/** Where the measurements of a metric come from. */
export const sourceSchema = z
  .discriminatedUnion('kind', KINDS.map(({ schema }) => schema) as unknown as SchemasOf<Kinds>, {
    error: `a source: ${oneOf(KINDS.map(({ facts }) => facts.kind))}`,
  })
  .meta({ description: 'Where the measurements come from.' });

/** A source as it is written and valid, defaults filled in. */
export type SourceInput = z.output<typeof sourceSchema>;

/** A source in the words of its file, part by part valid or absent. */
export type SourceDraft = Draft<z.input<typeof sourceSchema>>;

type OfWorkload = Extract<Kinds[number], { ofWorkload: unknown }>;

/** `sources` of a workload: what its metrics need besides what every workload has. */
export type WorkloadSources = {
  [Kind in OfWorkload as Kind['facts']['kind']]?: z.output<Kind['ofWorkload']['schema']>;
};

type ServerShape = { [Kind in OfWorkload as Kind['facts']['kind']]: z.ZodOptional<Kind['ofWorkload']['schema']> };

/** `sources` of a workload's file. */
export const workloadSourcesSchema = z
  .strictObject(
    Object.fromEntries(
      SOURCE_PLANS.flatMap(({ facts, ofWorkload }) =>
        ofWorkload === undefined ? [] : [[facts.kind, ofWorkload.schema.optional()]],
      ),
    ) as ServerShape,
  )
  .meta({ description: 'Where metrics are read besides CloudWatch.' });
