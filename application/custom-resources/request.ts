import * as z from 'zod';

/** How CloudFormation asks for a custom resource. docs: "Custom resource request/response reference" */
export const cloudFormationRequestSchema = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ...common() }),
  z.object({ RequestType: z.literal('Update'), ...common(), PhysicalResourceId: z.string() }),
  z.object({ RequestType: z.literal('Delete'), ...common(), PhysicalResourceId: z.string() }),
]);
export type CloudFormationRequest = z.infer<typeof cloudFormationRequestSchema>;

function common() {
  return {
    StackId: z.string().regex(/^arn:[a-z-]+:cloudformation:[a-z0-9-]+:\d{12}:stack\/.+$/),
    RequestId: z.string(),
    LogicalResourceId: z.string(),
    ResponseURL: z.url(),
    ResourceProperties: z.looseObject({}),
  };
}

/** What became of it. `physicalId` is the resource's name for CloudFormation: another one on an update means another resource. */
export interface Made {
  physicalId: string;
  attributes?: Record<string, string>;
}

/**
 * Of a Create that failed: its Delete, which CloudFormation sends next, finds what it made all the same, as that of a Create which
 * never answered does, for which CloudFormation makes up a name of its own.
 */
export const NOTHING_MADE = 'nothing-made';
