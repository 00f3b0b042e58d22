import { fileURLToPath } from 'node:url';

/*
 * Where the constructs find what they deploy. They run from two places: from the sources (infra/ of the repository) and
 * compiled (dist/cdk/ of the package); the machines are at the same place relative to both.
 */
const compiled = !import.meta.url.endsWith('.ts');
const folder = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The folder of the state machines' definitions. */
export const STATE_MACHINES = folder('../state-machines/');

/** The folder of the bundles that `npm run build` makes: a folder for each function, named as the catalogue does. */
export const BUILT_FUNCTIONS = folder(compiled ? '../functions/' : '../dist/functions/');
