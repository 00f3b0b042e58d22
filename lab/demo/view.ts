import { styleText } from 'node:util';
import type { NewLine } from '../../adapters/ledger/ledger.ts';
import type { Fact } from '../../domain/ledger/facts.ts';
import { newsOf } from '../../domain/ledger/news.ts';
import type { Plan } from '../../domain/plan/plan.ts';

/** What the demo shows while it runs: a live table in a terminal, plain lines elsewhere. */
export interface View {
  line(release: string, line: NewLine, plan: Plan): void;
  end(): void;
}

interface Row {
  story: string;
  weight: number;
  news: string;
  closed?: 'good' | 'bad';
}

const BAR_WIDTH = 20;

/** One line per piece of news, with the seconds since the start. */
export function plainView(write: (text: string) => void, nowMs: () => number): View {
  const startedAtMs = nowMs();
  return {
    line(release, { fact }, plan) {
      const news = newsOf(fact, plan);
      if (news === undefined) return;
      write(`${((nowMs() - startedAtMs) / 1000).toFixed(1).padStart(6)} s  ${release.padEnd(12)} ${news}\n`);
    },
    end() {},
  };
}

/** All releases at once, redrawn with every piece of news. */
export async function liveView(stories: Record<string, string>): Promise<View> {
  const { createLogUpdate } = await import('log-update'); // only where there is a terminal
  const update = createLogUpdate(process.stdout);
  const rows = new Map<string, Row>(
    Object.entries(stories).map(([name, story]) => [name, { story, weight: 0, news: 'waits to start' }]),
  );
  const draw = () => update([...rows].map(([name, row]) => rowText(name, row)).join('\n'));
  draw();
  return {
    line(release, { fact }, plan) {
      const row = rows.get(release);
      if (row === undefined) return;
      row.weight = weightOf(fact) ?? row.weight;
      row.news = newsOf(fact, plan) ?? row.news;
      if (fact.kind === 'closed') row.closed = fact.outcome === 'promoted' ? 'good' : 'bad';
      draw();
    },
    end: () => update.done(),
  };
}

function rowText(name: string, row: Row): string {
  const filled = Math.round((row.weight / 100) * BAR_WIDTH);
  const colour = row.closed === undefined ? 'cyan' : row.closed === 'good' ? 'green' : 'red';
  const bar = styleText(colour, '█'.repeat(filled)) + styleText('gray', '░'.repeat(BAR_WIDTH - filled));
  const columns = process.stdout.columns ?? 100;
  const news = row.news.slice(0, Math.max(20, columns - 12 - BAR_WIDTH - 12));
  return `${styleText('bold', name.padEnd(12))} ${bar} ${String(row.weight).padStart(3)} %  ${news}\n${' '.repeat(13)}${styleText('gray', row.story)}`;
}

/** The canary's weight after the fact, where the fact is about it. */
function weightOf(fact: Fact): number | undefined {
  if (fact.kind === 'shiftConfirmed') return fact.weight;
  return fact.kind === 'dialRestored' ? 0 : undefined;
}
