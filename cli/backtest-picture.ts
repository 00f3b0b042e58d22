import { plural } from '../domain/judges/words.ts';
import { fixedText, roundedText } from '../domain/number-text.ts';
import type { EvidenceLine, Replay } from '../domain/replay/replay.ts';

export type Drawn = Replay & { startedAtEpochMs: number };

/** More lines than this in one panel hide each other. */
export const MOST_DRAWN = 100;

const WIDTH = 920;
const LEFT = 78;
const RIGHT = 24;
const TOP = 74;
const PANEL = 130;
const BETWEEN = 66;
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880];

interface Colours {
  paper: string;
  ink: string;
  soft: string;
  grid: string;
  line: string;
  bad: string;
  limit: string;
}

const LIGHT: Colours = {
  ...{ paper: '#ffffff', ink: '#1c2530', soft: '#64717f', grid: '#dfe4ea' },
  ...{ line: '#2a6fbb', bad: '#c8372d', limit: '#9a6d00' },
};
const DARK: Colours = {
  ...{ paper: '#14181d', ink: '#e8edf2', soft: '#9aa7b4', grid: '#2c343d' },
  ...{ line: '#6fb1f5', bad: '#ff7b6e', limit: '#e3b341' },
};

/** Written out for both: not every program that shows an SVG knows variables. */
const coloursCss = ({ paper, ink, soft, grid, line, bad, limit }: Colours): string => `
  .paper { fill: ${paper} } text { fill: ${ink} } .soft { fill: ${soft} } .limit-text { fill: ${limit}; stroke: ${paper} } .bad-text { fill: ${bad} }
  .grid { stroke: ${grid} } .axis { stroke: ${soft} } .line { stroke: ${line} } .point { fill: ${line} } .limit { stroke: ${limit} }
  .line.bad, .decision { stroke: ${bad} } .dot { fill: ${bad} }`;

const STYLE = `
  text { font: 12px system-ui, "Helvetica Neue", Arial, sans-serif } .title { font-size: 17px; font-weight: 600 } .judge { font-size: 13px; font-weight: 600 }
  .line { fill: none; stroke-width: 1.8; stroke-linejoin: round } .many { stroke-width: 1; stroke-opacity: 0.5 }
  .limit { fill: none; stroke-width: 1.4; stroke-dasharray: 6 4 } .limit-text { stroke-width: 4; paint-order: stroke }
  .decision { stroke-dasharray: 2 3 }${coloursCss(LIGHT)}
  @media (prefers-color-scheme: dark) {${coloursCss(DARK)} }
`;

interface Panel {
  judge: string;
  title: string;
  lines: { drawn: Drawn; line: EvidenceLine }[];
}

/**
 * The evidence over time, a panel for each judge, with the limit that rolls back, as an SVG document. Of several releases
 * how near each came to what rolls it back is drawn, one over the other, so that one limit holds for all of them; of the
 * first `MOST_DRAWN` releases.
 * @param releases how many there are in all
 */
export function picture(drawn: readonly Drawn[], releases: number): string {
  const panels = panelsOf(drawn);
  const height = TOP + panels.length * (PANEL + BETWEEN) + 4;
  const lastMinutes = Math.max(
    1,
    ...drawn.flatMap(one =>
      one.evidence.flatMap(({ points }) => points.map(({ endEpochMs }) => minutesOf(one, endEpochMs))),
    ),
  );
  const shown = new Set(drawn.map(({ release }) => release)).size;
  const title =
    shown === 1
      ? `What would have happened to ${drawn[0]?.release ?? ''}`
      : `What would have happened to ${plural(releases, 'release')}`;
  const under = shown < releases ? `the first ${shown} of ${releases} are drawn; ` : '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="${LEFT}" y="30">${escaped(title)}</text>`,
    `<text class="soft" x="${LEFT}" y="49">${under}dashed: the limit that rolls back; red: rolled back, at the dotted line</text>`,
    ...panels.map((panel, index) => panelSvg(panel, TOP + index * (PANEL + BETWEEN) + 18, lastMinutes)),
    '</svg>\n',
  ].join('\n');
}

const minutesOf = ({ startedAtEpochMs }: Drawn, epochMs: number): number => (epochMs - startedAtEpochMs) / 60_000;

function panelsOf(drawn: readonly Drawn[]): Panel[] {
  const single = new Set(drawn.map(({ release }) => release)).size === 1;
  const panels: Panel[] = [];
  for (const [judge, replays] of Map.groupBy(drawn, one => one.judge)) {
    const most = single ? Math.max(0, ...replays.map(({ evidence }) => evidence.length)) : 1;
    for (let at = 0; at < most; at += 1) {
      const lines = replays.flatMap(one => {
        const line = single ? one.evidence[at] : one.nearness;
        const points = untilDecision(one, line?.points ?? []);
        return line === undefined || points.length === 0 ? [] : [{ drawn: one, line: { ...line, points } }];
      });
      panels.push({ judge, title: lines[0]?.line.title ?? 'nothing to draw', lines });
    }
  }
  return panels;
}

/** Points until the judge acts, that instant included: where no window ends then the last one before it holds. */
function untilDecision({ decision }: Drawn, points: EvidenceLine['points']): EvidenceLine['points'] {
  if (decision === undefined) return points;
  const before = points.filter(({ endEpochMs }) => endEpochMs <= decision.endEpochMs);
  const last = before.at(-1);
  if (last === undefined || last.endEpochMs === decision.endEpochMs) return before;
  return [...before, { ...last, endEpochMs: decision.endEpochMs }];
}

function panelSvg({ judge, title, lines }: Panel, top: number, lastMinutes: number): string {
  const points = lines.flatMap(({ line }) => line.points);
  const values = points.flatMap(({ value, limit }) => [value, limit]).filter(Number.isFinite);
  const low = Math.min(0, ...values);
  const high = Math.max(low + 1e-9, ...values);
  const ticks = ticksOf(low, high);
  const [least, most] = [Math.min(low, ticks[0] ?? low), Math.max(high, ticks.at(-1) ?? high)];
  const y = (value: number) => round(top + PANEL - ((value - least) / (most - least)) * PANEL);
  const x = (minutes: number) => round(LEFT + (minutes / lastMinutes) * (WIDTH - LEFT - RIGHT));
  const single = lines.length === 1;
  const parts = [
    `<text x="${LEFT}" y="${top - 10}"><tspan class="judge">${escaped(judge)}</tspan><tspan class="soft" dx="10">${escaped(title)}</tspan></text>`,
    ...ticks.map(
      value =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/><text class="soft" text-anchor="end" x="${LEFT - 8}" y="${y(value) + 4}">${numberText(value)}</text>`,
    ),
    timeAxis(top + PANEL, x, lastMinutes),
    ...lines.map(one => lineSvg(one, x, y, single)),
    limitSvg(lines, x, y, top),
    single ? decisionSvg(lines[0]?.drawn, top, x) : `${actsSvg(lines, top, x)}${countSvg(lines, top)}`,
  ];
  return `<g>${parts.join('\n')}</g>`;
}

type Scale = (value: number) => number;

function timeAxis(bottom: number, x: Scale, lastMinutes: number): string {
  const step = TICKS.find(tick => lastMinutes / tick <= 12) ?? lastMinutes / 10;
  const marks = Array.from({ length: Math.floor(lastMinutes / step) + 1 }, (_, i) => i * step);
  return [
    `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>`,
    ...marks.map(
      minutes =>
        `<text class="soft" text-anchor="middle" x="${x(minutes)}" y="${bottom + 16}">${numberText(minutes)}</text>`,
    ),
    `<text class="soft" text-anchor="end" x="${WIDTH - RIGHT}" y="${bottom + 31}">minutes since the first window</text>`,
  ].join('');
}

/** One line where all releases have the same limit; else each has its own. */
function limitSvg(lines: Panel['lines'], x: Scale, y: Scale, top: number): string {
  const limits = new Set(lines.flatMap(({ line }) => line.points.map(({ limit }) => limit)).filter(Number.isFinite));
  const [only] = limits;
  if (only === undefined) return '';
  if (limits.size === 1) {
    // above the line, but for one that is close to the words over the panel
    const beside = y(only) - top < 16 ? 15 : -5;
    return `<path class="limit" d="M${LEFT} ${y(only)}H${WIDTH - RIGHT}"/><text class="limit-text" text-anchor="end" x="${WIDTH - RIGHT}" y="${y(only) + beside}">limit ${numberText(only)}</text>`;
  }
  if (lines.length > 1) return '';
  return lines
    .map(
      ({ drawn, line }) =>
        `<path class="limit" d="${pathOf(line.points.map(({ endEpochMs, limit }) => [x(minutesOf(drawn, endEpochMs)), y(limit)]))}"/>`,
    )
    .join('');
}

function lineSvg({ drawn, line }: Panel['lines'][number], x: Scale, y: Scale, single: boolean): string {
  const at = line.points.map(({ endEpochMs, value }): [number, number] => [x(minutesOf(drawn, endEpochMs)), y(value)]);
  const bad = drawn.verdict === 'degraded';
  const path = `<path class="line${bad ? ' bad' : ''}${single ? '' : ' many'}" d="${pathOf(at)}"/>`;
  const decided = line.points.findIndex(({ endEpochMs }) => endEpochMs === drawn.decision?.endEpochMs);
  const dots = single
    ? at.map(([cx, cy]) => `<circle class="${bad ? 'dot' : 'point'}" cx="${cx}" cy="${cy}" r="2.2"/>`).join('')
    : '';
  const [cx, cy] = at[decided] ?? [];
  return `${path}${dots}${cx === undefined || cy === undefined ? '' : `<circle class="dot" cx="${cx}" cy="${cy}" r="${single ? 4.5 : 2.5}"/>`}`;
}

function decisionSvg(drawn: Drawn | undefined, top: number, x: Scale): string {
  if (drawn === undefined) return '';
  const { decision, verdict, excessBad } = drawn;
  const cost = `${fixedText(excessBad, 1)} extra failed requests`;
  if (decision === undefined)
    return `<text class="soft" text-anchor="end" x="${WIDTH - RIGHT}" y="${top - 10}">${verdict}, ${cost}</text>`;
  const at = x(minutesOf(drawn, decision.endEpochMs));
  return [
    `<line class="decision" x1="${at}" x2="${at}" y1="${top}" y2="${top + PANEL}"/>`,
    `<text class="bad-text" text-anchor="end" x="${WIDTH - RIGHT}" y="${top - 10}">rolled back in window ${decision.window}, ${cost}</text>`,
  ].join('');
}

/** Where the judge acts, in each release's own time: a line at the instant, for each release that is rolled back. */
const actsSvg = (lines: Panel['lines'], top: number, x: Scale): string =>
  lines
    .flatMap(({ drawn }) => (drawn.decision === undefined ? [] : [x(minutesOf(drawn, drawn.decision.endEpochMs))]))
    .map(at => `<line class="decision many" x1="${at}" x2="${at}" y1="${top}" y2="${top + PANEL}"/>`)
    .join('');

function countSvg(lines: Panel['lines'], top: number): string {
  const bad = lines.filter(({ drawn }) => drawn.verdict === 'degraded').length;
  return `<text class="soft" text-anchor="end" x="${WIDTH - RIGHT}" y="${top - 10}">${bad} of ${lines.length} rolled back</text>`;
}

const pathOf = (points: readonly (readonly [number, number])[]): string =>
  points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px} ${py}`).join('');

/** Three to six round numbers over the range. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find(times => times * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  return Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
}

const round = (value: number): number => Number(value.toFixed(1));
const numberText = (value: number): string => roundedText(value, 4);
const escaped = (text: string): string =>
  text
    .replaceAll(/[&<>"]/g, mark => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark] ?? mark)
    .replaceAll(/[^\t\P{C}]/gu, '·');
