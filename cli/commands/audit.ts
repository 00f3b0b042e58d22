import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { sha256 } from '../../adapters/sha256.ts';
import { type AuditReport, ChainAudit, type Head, type KeptSnapshot } from '../../domain/ledger/audit.ts';
import { CommandError } from '../command-error.ts';
import { withControlPlane, withLocation } from '../control-plane/operation-command.ts';
import type { Operations } from '../control-plane/operations.ts';
import { say, type Terminal } from '../terminal.ts';

const BROKEN = 1;

/** `sluice audit verify WORKLOAD`. */
export function makeAuditCommand(terminal: Terminal) {
  const audit = new Command('audit');
  const verify = new Command('verify')
    .summary('walk a ledger from its first line, and name the first that does not follow')
    .description(
      'Walks the ledger of a workload from its first line: each line has the hash of the one before it, and each state that is kept is what the lines give. Ends with 1 where something does not follow. Who can write the table can write all of it anew: note the last line now and then, and have it compared with --noted.',
    )
    .argument('<workload>', 'the name of the workload')
    .option('--noted <line:hash>', 'a last line as this command printed it earlier: it has to be there still', headOf)
    .option('--json', 'print the report as one line of JSON');
  audit.addCommand(
    withLocation(verify).action((workload, options) =>
      withControlPlane(terminal, options, async operations => {
        const report = await walk(operations, workload, options.noted);
        if (options.json === true) terminal.out(`${JSON.stringify({ workload, ...report })}\n`);
        else say(terminal, textOf(workload, report));
        if (report.broken !== undefined) terminal.exitCode = BROKEN;
      }),
    ),
  );
  return audit;
}

async function walk(operations: Operations, workload: string, noted: Head | undefined): Promise<AuditReport> {
  const chain = new ChainAudit(sha256, noted);
  const kept: KeptSnapshot[] = [];
  let afterSeq: number | undefined;
  do {
    const page = await operations.audit({ workload, ...(afterSeq !== undefined && { afterSeq }) });
    kept.push(...(page.snapshots ?? []));
    if (!page.lines.every(line => chain.add(line))) break;
    afterSeq = page.nextAfterSeq;
  } while (afterSeq !== undefined);
  const report = chain.end(kept);
  if (report.lines === 0 && report.broken === undefined)
    throw new CommandError(`${workload} has no ledger: is that its name?`, 'badInput');
  return report;
}

function textOf(workload: string, report: AuditReport): string {
  const { lines, states, statesOfOtherVersions, snapshots, broken, head } = report;
  const day = (epochMs: number | undefined) => new Date(epochMs ?? 0).toISOString().slice(0, 16).replace('T', ' ');
  const span = lines === 0 ? '' : `, ${day(report.firstAtEpochMs)} to ${day(report.lastAtEpochMs)} UTC`;
  const told = [`${workload}: ${lines} lines follow from each other${span}`];
  if (broken !== undefined) {
    return `${told[0]}\nbroken at line ${broken.seq}: ${broken.because}\n`;
  }
  if (states > 0) told.push(`${states} states that the ledger names are what its lines give`);
  if (statesOfOtherVersions > 0)
    told.push(`${statesOfOtherVersions} states were named by another version of Sluice, and are not compared`);
  if (snapshots > 0)
    told.push(`${snapshots === 1 ? 'the snapshot' : `${snapshots} snapshots`} that is kept is one of them`);
  return `${told.join('\n')}\nlast line: ${head.seq}:${head.hash}\n`;
}

function headOf(text: string): Head {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('expected a line and its hash, as `sluice audit verify` prints them.');
  return { seq: Number(seq), hash };
}
