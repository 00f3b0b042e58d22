import { styleText } from 'node:util';
import type { AppendedLine } from '../../adapters/ledger/ledger.ts';
import { wrap } from '../../adapters/terminal/wrap.ts';
import type { Fact } from '../../domain/ledger/facts.ts';
import { fixedText } from '../../domain/number-text.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { linesOf, openReleaseNews, type ReleaseNews } from '../release-news.ts';

/** What the demo shows while it runs: a live table in a terminal, plain lines elsewhere. */
export interface View {
  line(release: string, line: AppendedLine, plan: Plan): void;
  end(): void;
}

interface Row {
  summary: string;
  weight: number;
  news: string;
  closed?: 'good' | 'bad';
}

const BAR_WIDTH = 20;

/** One sentence per piece of news, with the seconds since the start. */
export function plainView(write: (text: string) => void, nowMs: () => number): View {
  const startedAtMs = nowMs();
  const tell = storyTeller();
  return {
    line(release, { fact }, plan) {
      const news = tell(release, fact, plan);
      if (news === undefined) return;
      const first = `${fixedText((nowMs() - startedAtMs) / 1000, 1).padStart(6)} s  ${release.padEnd(12)} `;
      for (const [i, sentence] of linesOf(news, plan).entries()) {
        const before = i === 0 ? first : ' '.repeat(first.length);
        write(`${wrap(`${before}${sentence}`, { hang: first.length })}\n`);
      }
    },
    end() {},
  };
}

/** All releases at once, redrawn with every piece of news. */
export async function liveView(summaries: Record<string, string>): Promise<View> {
  const { createLogUpdate } = await import('log-update'); // only where there is a terminal
  const update = createLogUpdate(process.stdout);
  const rows = new Map<string, Row>(
    Object.entries(summaries).map(([name, summary]) => [name, { summary, weight: 0, news: 'waits to start' }]),
  );
  const tell = storyTeller();
  const draw = () => update([...rows].map(([name, row]) => rowText(name, row)).join('\n'));
  draw();
  return {
    line(release, { fact }, plan) {
      const row = rows.get(release);
      if (row === undefined) return;
      row.weight = weightOf(fact) ?? row.weight;
      row.news = tell(release, fact, plan) ?? row.news;
      if (fact.kind === 'closed') row.closed = fact.outcome === 'promoted' ? 'good' : 'bad';
      draw();
    },
    end: () => update.done(),
  };
}

/** Each release is told in its own lines. */
function storyTeller(): (release: string, fact: Fact, plan: Plan) => string | undefined {
  const summaries = new Map<string, ReleaseNews>();
  return (release, fact, plan) => {
    const summary = summaries.get(release) ?? openReleaseNews(plan);
    summaries.set(release, summary);
    return summary(fact);
  };
}

function rowText(name: string, row: Row): string {
  const filled = Math.round((row.weight / 100) * BAR_WIDTH);
  const colour = row.closed === undefined ? 'cyan' : row.closed === 'good' ? 'green' : 'red';
  const bar = styleText(colour, '█'.repeat(filled)) + styleText('gray', '░'.repeat(BAR_WIDTH - filled));
  const columns = process.stdout.columns ?? 100;
  const news = shortened(row.news, Math.max(20, columns - 12 - BAR_WIDTH - 12));
  return `${styleText('bold', name.padEnd(12))} ${bar} ${String(row.weight).padStart(3)} %  ${news}\n${' '.repeat(13)}${styleText('gray', row.summary)}`;
}

/** In so many columns, cut between words. */
function shortened(text: string, columns: number): string {
  if (text.length <= columns) return text;
  const cut = text.slice(0, columns - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 1))}…`;
}

/** The canary's weight after the fact, where the fact is about it. */
function weightOf(fact: Fact): number | undefined {
  if (fact.kind === 'shiftConfirmed') return fact.weight;
  return fact.kind === 'dialRestored' ? 0 : undefined;
}
