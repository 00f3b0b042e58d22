import { openLambdaSleepers } from '../../adapters/sleepers/lambda-sleepers.ts';

/** Calls other functions: apart, so that no other bundle has Lambda's client. */
export const openSleepers = openLambdaSleepers;
