import { parsedJson } from '../domain/parsed-json.ts';

/** What `npm audit --json` says, as far as anything depends on it. */
export type Audited =
  /** No registry answered: nothing is known, and that is no "none". */
  | { kind: 'unanswered'; because: string }
  | { kind: 'clean'; dependencies: number }
  | { kind: 'found'; lines: string[] };

/** Which of npm's severities stop a commit. */
const STOPS = ['high', 'critical'];

interface Report {
  /** Of a request that failed. */
  message?: string;
  statusCode?: number;
  error?: { summary?: string };
  metadata?: { dependencies?: { total?: number } };
  vulnerabilities?: Record<string, { severity: string; range: string; isDirect?: boolean }>;
}

/** @param output of npm, which is no JSON at all where it did not come as far as that */
export function audited(output: string): Audited {
  const report = parsedJson(output) as Report | undefined;
  if (report?.metadata === undefined || report.vulnerabilities === undefined) {
    const status = report?.statusCode === undefined ? '' : ` (HTTP ${report.statusCode})`;
    return { kind: 'unanswered', because: `no registry answers an audit${status}: the dependencies are not audited` };
  }
  const found = Object.entries(report.vulnerabilities).filter(([, { severity }]) => STOPS.includes(severity));
  if (found.length === 0) return { kind: 'clean', dependencies: report.metadata.dependencies?.total ?? 0 };
  return { kind: 'found', lines: found.map(([name, { severity, range }]) => `${name} ${range}: ${severity}`) };
}
