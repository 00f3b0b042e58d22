import * as z from 'zod';
import { isReleaseId } from '../domain/release-id.ts';

/** A release's id: the workload's name and the release's number. @example 'checkout-42' */
export const releaseIdSchema = z.string().refine(isReleaseId, 'expected a release id, <workload>-<number>');
