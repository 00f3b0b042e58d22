import type { Entry } from '../../domain/ledger/facts.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import type { HistoryEvent } from '../../lab/asl/history.ts';

/** What a version of Sluice wrote down of one workload, kept for all later ones to read. */
export interface Recording {
  workload: string;
  /** The dial at the end. */
  dial: { blue: number; green: number };
  /** Oldest first, as the ledger has them. */
  entries: Entry[];
  /** Of each release, by id. */
  windows: Record<string, WindowRecord[]>;
  executions: RecordedExecution[];
}

/** An execution's history with what a definition needs to be walked again, and nothing else. */
export interface RecordedExecution {
  machine: 'release' | 'rollBack';
  name: string;
  status: string;
  input: { releaseId: string };
  states: RecordedState[];
}

/** A state that was entered; of a task, what each attempt answered. */
export interface RecordedState {
  state: string;
  results?: TaskResult[];
}

export type TaskResult = { answer: unknown } | { error: string };

export function trimmed(events: readonly HistoryEvent[]): RecordedState[] {
  const states: RecordedState[] = [];
  const add = (result: TaskResult) => {
    const last = states.at(-1);
    if (last !== undefined) last.results = [...(last.results ?? []), result];
  };
  for (const { type, details } of events) {
    if (type.endsWith('StateEntered')) states.push({ state: String(details.name) });
    else if (type === 'TaskSucceeded') add({ answer: JSON.parse(String(details.output)) });
    else if (type === 'TaskFailed' || type === 'TaskTimedOut') add({ error: String(details.error) });
  }
  return states;
}

/** One entry, one window, one state a line: a change of what is recorded shows as the lines that changed. */
export function recordingText({ workload, dial, entries, windows, executions }: Recording): string {
  const lines = (items: readonly unknown[], indent: string): string =>
    items.length === 0 ? '[]' : `[\n${items.map(item => `${indent}  ${JSON.stringify(item)}`).join(',\n')}\n${indent}]`;
  const windowsText = Object.entries(windows).map(([id, records]) => `    "${id}": ${lines(records, '    ')}`);
  const executionsText = executions.map(({ states, ...rest }) => {
    const head = JSON.stringify(rest).slice(0, -1);
    return `    ${head},"states":${lines(states, '    ')}}`;
  });
  return `{
  "workload": ${JSON.stringify(workload)},
  "dial": ${JSON.stringify(dial)},
  "entries": ${lines(entries, '  ')},
  "windows": {\n${windowsText.join(',\n')}\n  },
  "executions": [\n${executionsText.join(',\n')}\n  ]
}\n`;
}
