import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { BUILT_FUNCTIONS } from '../places.ts';

/**
 * Where a function's code comes from: by its name, the path of its file below functions/ without `.ts`.
 *
 *     const code: CodeOf = name => lambda.Code.fromAsset(`bundles/${name}`); // with an index.mjs in it
 */
export type CodeOf = (name: string) => lambda.Code;

/**
 * The bundle that `npm run build` made, and that the package ships. An asset's hash is its content's: what did not change is
 * not deployed.
 * @throws Error there is none: the constructs run from the sources, and nothing was built
 */
export const builtCode: CodeOf = name => {
  const folder = join(BUILT_FUNCTIONS, name);
  if (!existsSync(folder)) throw new Error(`there is no bundle in ${folder}: \`npm run build\` makes it`);
  return lambda.Code.fromAsset(folder);
};
