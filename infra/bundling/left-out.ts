import type { Plugin } from 'esbuild';

/**
 * What the bundles of the functions do without: code of dependencies that nothing here ever calls and that esbuild cannot
 * see to be unused. A bundle is read and compiled at every cold start, and Look has to be below 500 kB.
 * What is in a stub's place throws when it is called after all.
 */
interface LeftOut {
  /** Of the path of a file in node_modules. */
  file: RegExp;
  /** Why it is not needed, and how much it was in Look's bundle. */
  because: string;
  /** Functions that need it all the same. */
  kept?: RegExp;
  /** The source in its place. */
  stub: (source: string) => string;
}

const throwing = (names: string[], what: string) =>
  names.map(name => `export const ${name} = () => { throw new Error('${what} is not in this bundle'); };`).join('\n');

/** An error class of an SDK client that adds nothing to its base but its name, whose fault it is, and the message once more. */
const PLAIN_ERROR =
  /export class (\w+) extends __BaseException \{\s*(?:static shapeId = "([\w.]+)#\1";\s*)?name = "\1";\s*\$fault = "(client|server)";\s*(?:(Message);\s*)?constructor\(opts\) \{\s*super\(\{\s*name: "\1",\s*\$fault: "\3",\s*\.\.\.opts,\s*\}\);\s*Object\.setPrototypeOf\(this, \1\.prototype\);\s*(?:this\.\4 = opts\.\4;\s*)?\}\s*\}/g;

/** The same classes from one maker. */
function shortErrors(source: string): string {
  const namespace = PLAIN_ERROR.exec(source)?.[2];
  PLAIN_ERROR.lastIndex = 0;
  const maker = `
const $error = (name, $fault = "client", message) => class extends __BaseException {${namespace === undefined ? '' : `\n  static shapeId = "${namespace}#" + name;`}
  name = name;
  $fault = $fault;
  constructor(opts) {
    super({ name, $fault, ...opts });
    Object.setPrototypeOf(this, new.target.prototype);
    if (message) this.Message = opts.Message;
  }
};
`;
  const short = source.replace(
    PLAIN_ERROR,
    (whole, name: string, space: string | undefined, fault: string, message: string | undefined) => {
      if (space !== namespace) return whole;
      const more = message === undefined ? (fault === 'client' ? '' : `, "${fault}"`) : `, "${fault}", 1`;
      return `export const ${name} = $error("${name}"${more});`;
    },
  );
  return short.replace(/^import .*;$/m, line => line + maker); // before the constants that are made with it
}

export const LEFT_OUT: readonly LeftOut[] = [
  {
    file: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    because: 'no operation that is used here streams events; 16 kB',
    stub: () =>
      throwing(['EventStreamSerde', 'eventStreamSerdeProvider', 'resolveEventStreamSerdeConfig'], 'event streams'),
  },
  {
    file: /@aws-sdk\/endpoint-cache\/dist-es\/index\.js$/,
    because: 'DynamoDB discovers no endpoints unless it is told to: the cache is made and never asked; 8 kB',
    stub: () => 'export class EndpointCache {}',
  },
  {
    file: /@aws-sdk\/client-[^/]+\/package\.json$/,
    because: 'the clients read their version for the user agent, and nothing else of it; 2 kB for each client',
    stub: source => JSON.stringify({ version: JSON.parse(source).version }),
  },
  {
    file: /@aws-sdk\/client-[^/]+\/dist-es\/models\/errors\.js$/,
    because:
      'a class of 200 bytes for every error of a service; those without fields of their own are all alike; 14 kB',
    stub: shortErrors,
  },
  {
    file: /zod\/v4\/core\/to-json-schema\.js$/,
    because: 'functions make no JSON Schema of their zod schemas, but for those that explain mistakes in files; 9 kB',
    kept: /^(?:start|custom-resources\/registered-workload)$/,
    stub: () =>
      [
        throwing(
          ['extractDefs', 'finalize', 'handleUnrepresentable', 'initializeContext', 'processSchema', 'process'],
          'JSON Schema',
        ),
        // these two run for every schema that is made, and what they return only when a JSON Schema is asked for
        'export const createToJSONSchemaMethod = () => finalize;',
        'export const createStandardJSONSchemaMethod = () => finalize;',
      ].join('\n'),
  },
  {
    file: /zod\/v4\/core\/json-schema-processors\.js$/,
    because: 'what the JSON Schema of each kind of schema is made with: every schema names its own; 9 kB',
    kept: /^(?:start|custom-resources\/registered-workload)$/,
    stub: source => {
      const names = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name = '']) => name);
      const none = "const none = () => { throw new Error('JSON Schema is not in this bundle'); };";
      return [none, `export { ${names.map(name => `none as ${name}`).join(', ')} };`].join('\n');
    },
  },
];

/** Functions that keep different things are not bundled in one run. */
export const keepsOf = (name: string): string => LEFT_OUT.map(({ kept }) => (kept?.test(name) ? 1 : 0)).join('');

/**
 * @param name of a function; those with the same `keepsOf` may share a run
 * @throws Error where a file has moved: then its stub stands in nobody's place, and the bundles have grown
 */
export const leaveOut = (name: string, read: (path: string) => string): Plugin => ({
  name: 'left-out',
  setup(build) {
    const found = new Set<LeftOut>();
    const leaving = LEFT_OUT.filter(({ kept }) => kept?.test(name) !== true);
    for (const leftOut of leaving) {
      build.onLoad({ filter: leftOut.file }, ({ path }) => {
        found.add(leftOut);
        return { contents: leftOut.stub(read(path)), loader: path.endsWith('.json') ? 'json' : 'js' };
      });
    }
    build.onEnd(() => {
      const missed = leaving.filter(leftOut => !found.has(leftOut)).map(({ file }) => String(file));
      if (missed.length > 0) throw new Error(`infra/bundling/left-out.ts: no file is ${missed.join(', ')} any more`);
    });
  },
});
