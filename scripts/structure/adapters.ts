/** How adapters are made: docs/design.md, "One way to make an adapter". */
export interface AdaptersReport {
  /** Exported classes and makers that were looked at: nothing looked at is nothing checked. */
  classes: number;
  makers: number;
  /** A sentence each. */
  strays: string[];
}

const EXPORTED_CLASS = /^export (?:abstract )?class (\w+)/gm;
const EXPORTED_MAKER = /^export (?:async function|function|const) (fake\w*|open\w*)\b/gm;

/** The SDK wants a constructor for the hash of its signer. */
const CLASSES_OF_OTHERS: ReadonlySet<string> = new Set(['SignerSha256']);

/**
 * Adapters are made by functions, and an exported class is an error: `xyz(client)` takes what it speaks through, `openXyz(env)`
 * reads the environment, and `fakeXyz()`, in a file of its own, stands in for it.
 * @param sources the text of each file below adapters/, by its path
 */
export function checkAdapters(sources: ReadonlyMap<string, string>): AdaptersReport {
  const report: AdaptersReport = { classes: 0, makers: 0, strays: [] };
  for (const [file, text] of sources) {
    for (const [, name = ''] of text.matchAll(EXPORTED_CLASS)) {
      report.classes += 1;
      if (name.endsWith('Error') || CLASSES_OF_OTHERS.has(name)) continue;
      report.strays.push(`${file} exports the class ${name}: export a function that makes it`);
    }
    const isFake = /(?:^|\/)fake-[^/]*$/.test(file);
    for (const [, name = ''] of text.matchAll(EXPORTED_MAKER)) {
      report.makers += 1;
      if (name.startsWith('fake') && !isFake) report.strays.push(`${file} makes the fake ${name}: that is fake-*.ts`);
      if (name.startsWith('open') && isFake)
        report.strays.push(`${file} has ${name}: a fake reads no environment, it is called fake…`);
    }
  }
  return report;
}
