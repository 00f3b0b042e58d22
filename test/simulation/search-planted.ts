/**
 * npm run simulate:planted [-- --seeds N] [--only TEXT]: searches every planted bug from the first seed on, and prints the seed
 * that finds it and the rule that it breaks. Exits 1 where one is not found that should be.
 */
import { parseArgs } from 'node:util';
import { find, SEEDS_MAX } from './planted/search.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: String(SEEDS_MAX) },
    only: { type: 'string', default: '' },
    from: { type: 'string', default: '0' },
  },
});
Error.stackTraceLimit = 0; // as in the workers: the engine's JSONPath throws at every evaluation

const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(values.only)).slice(Number(values.from));
let missed = 0;
for (const { seed: known, ...bug } of bugs) {
  const found = await find(bug, Number(values.seeds));
  const isExpected = known !== undefined;
  if (found === undefined && isExpected) missed += 1;
  const how = found === undefined ? 'not found' : `seed ${found.seed}: ${found.rule}`;
  const other =
    found !== undefined && bug.rule instanceof RegExp && !bug.rule.test(found.rule) ? ' (ANOTHER RULE)' : '';
  console.log(
    `${bug.name} [${bug.in}]: ${how}${other}${isExpected || found === undefined ? '' : ' (it has a reason why it is not found)'}`,
  );
}
console.log(`${bugs.length} bugs, ${missed} missed that should be found`);
process.exitCode = missed === 0 ? 0 : 1;
