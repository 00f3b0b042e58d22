import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** `require('./actions/' + action)`: without an ending, so esbuild cannot tell which of the files it finds is meant. */
const BY_NAME = /require\('(\.\/\w+\/)' \+ (\w+)\)/g;

/**
 * dynalite, the lab's DynamoDB, loads its operations by their names. It is compiled in because as a dependency it would have a
 * native database built on the computer of everyone who installs the package, which the lab does not use.
 */
export const dynaliteInOneFile: Plugin = {
  name: 'dynalite-in-one-file',
  setup: ({ onLoad }) => {
    onLoad({ filter: /node_modules\/dynalite\/index\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const found = [...source.matchAll(BY_NAME)].length;
      if (found !== 2) throw new Error(`dynalite loads operations in 2 places, and ${found} are found in ${path}`);
      return { contents: source.replaceAll(BY_NAME, "require('$1' + $2 + '.js')") };
    });
  },
};
