import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const PAINT = new URL('../../../adapters/terminal/paint.ts', import.meta.url).href;
const SCRIPT = `import { paintFor } from '${PAINT}'; process.stdout.write(paintFor(process.stdout)('red', 'x'));`;

/** What a process of its own writes, on a terminal of its own or into a pipe. */
function painted(where: 'terminal' | 'pipe', env: Record<string, string>): string {
  // in CI, too: there Node takes a terminal for one without colours
  const { FORCE_COLOR: _, NO_COLOR: __, CI: ___, ...rest } = process.env;
  const node = [process.execPath, '--no-warnings', '--input-type=module', '-e', SCRIPT];
  const [command = '', ...args] =
    where === 'pipe'
      ? node
      : ['script', '-qec', node.map(part => `'${part.replaceAll("'", "'\\''")}'`).join(' '), '/dev/null'];
  return execFileSync(command, args, { encoding: 'utf8', env: { ...rest, TERM: 'xterm-256color', ...env } });
}

describe('colour', () => {
  it.each([
    ['terminal', {}, true],
    ['terminal', { NO_COLOR: '1' }, false],
    ['terminal', { TERM: 'dumb' }, false],
    ['pipe', {}, false],
    ['pipe', { FORCE_COLOR: '1' }, true],
  ] as const)('on a %s with %j: %s', (where, env, coloured) => {
    expect(painted(where, env).includes('\u001b[31m')).toBe(coloured);
  });
});
