/** A condition of a rule, as the ELBv2 API describes it. */
export interface RuleConditionFacts {
  Field?: string | undefined;
  Values?: readonly string[] | undefined;
  HostHeaderConfig?: { Values?: readonly string[] | undefined } | undefined;
  PathPatternConfig?: { Values?: readonly string[] | undefined } | undefined;
  HttpHeaderConfig?: { HttpHeaderName?: string | undefined; Values?: readonly string[] | undefined } | undefined;
  HttpRequestMethodConfig?: { Values?: readonly string[] | undefined } | undefined;
  SourceIpConfig?: { Values?: readonly string[] | undefined } | undefined;
}

/** A rule of a listener: where it stands, which requests are its, and whether it asks who comes. */
export interface StandingRule {
  arn: string;
  /** Smaller is asked first; the default rule is at infinity. */
  priority: number;
  authenticates: boolean;
  conditions: readonly RuleConditionFacts[];
}

/**
 * Why a rule that asks nobody would open what another one guards; the first such rule is named. Undefined: it asks, or no rule
 * behind it that asks could get a request of its.
 */
export function unguardedProblem(own: Omit<StandingRule, 'arn'>, others: readonly StandingRule[]): string | undefined {
  if (own.authenticates) return undefined;
  const behind = others
    .filter(({ authenticates, priority }) => authenticates && priority > own.priority)
    .toSorted((a, b) => a.priority - b.priority)
    .find(({ conditions }) => overlap(own.conditions, conditions));
  if (behind === undefined) return undefined;
  const where = Number.isFinite(behind.priority) ? `priority ${behind.priority}` : 'the default rule';
  return `a rule at priority ${own.priority} that asks nobody to log in would take requests of ${behind.arn} (${where}), which asks: give it an authenticate of its own, conditions that share no request with that rule, or a priority behind it`;
}

/** Whether one request could meet both; what is not known to keep them apart does not. */
export function overlap(a: readonly RuleConditionFacts[], b: readonly RuleConditionFacts[]): boolean {
  return a.every(one => b.every(other => !areApart(one, other)));
}

function areApart(one: RuleConditionFacts, other: RuleConditionFacts): boolean {
  if (one.Field !== other.Field) return false;
  const none = (a: readonly string[], b: readonly string[], meet: (x: string, y: string) => boolean) =>
    a.length > 0 && b.length > 0 && !a.some(x => b.some(y => meet(x, y)));
  switch (one.Field) {
    case 'host-header':
      return none(valuesOf(one, 'HostHeaderConfig'), valuesOf(other, 'HostHeaderConfig'), patternsMeetInAnyCase);
    case 'path-pattern':
      return none(valuesOf(one, 'PathPatternConfig'), valuesOf(other, 'PathPatternConfig'), patternsMeet);
    case 'http-request-method':
      return none(valuesOf(one, 'HttpRequestMethodConfig'), valuesOf(other, 'HttpRequestMethodConfig'), same);
    case 'source-ip':
      return none(valuesOf(one, 'SourceIpConfig'), valuesOf(other, 'SourceIpConfig'), blocksMeet);
    case 'http-header': {
      const [name, otherName] = [one.HttpHeaderConfig?.HttpHeaderName, other.HttpHeaderConfig?.HttpHeaderName];
      if (name === undefined || name.toLowerCase() !== otherName?.toLowerCase()) return false;
      return none(valuesOf(one, 'HttpHeaderConfig'), valuesOf(other, 'HttpHeaderConfig'), patternsMeetInAnyCase);
    }
    default:
      // a request has several parts in its query: two of them may be there together
      return false;
  }
}

type Config = Exclude<keyof RuleConditionFacts, 'Field' | 'Values'>;

/** None where the condition says it in another way (a regular expression, say), which is not read here. */
const valuesOf = (condition: RuleConditionFacts, config: Config): readonly string[] =>
  condition[config]?.Values ?? condition.Values ?? [];

const same = (a: string, b: string): boolean => a === b;

const patternsMeetInAnyCase = (a: string, b: string): boolean => patternsMeet(a.toLowerCase(), b.toLowerCase());

/**
 * Whether one text could match both patterns, in which `*` stands for any characters, also none, and `?` for one: followed
 * character by character from the end, `open[i]` says it for the rest of `a` from i on.
 */
export function patternsMeet(a: string, b: string): boolean {
  let open = restsThatCanBeEmpty(a);
  for (let j = b.length - 1; j >= 0; j -= 1) {
    const next: boolean[] = [];
    for (let i = a.length; i >= 0; i -= 1) next[i] = restsMeet(a[i], b[j] ?? '', { i, open, next });
    open = next;
  }
  return open[0] === true;
}

/** Of each rest of a pattern, whether no character can be left for the other. */
const restsThatCanBeEmpty = (a: string): boolean[] =>
  Array.from({ length: a.length + 1 }, (_, i) => /^\**$/.test(a.slice(i)));

function restsMeet(
  x: string | undefined,
  y: string,
  { i, open, next }: { i: number; open: readonly boolean[]; next: readonly boolean[] },
): boolean {
  // a star of either is left behind, or takes one more character of the other
  if (y === '*') return open[i] === true || (x !== undefined && next[i + 1] === true);
  if (x === undefined) return false;
  if (x === '*') return next[i + 1] === true || open[i] === true;
  return (x === y || x === '?' || y === '?') && open[i + 1] === true;
}

/** Whether two blocks of addresses, in CIDR notation, share one. */
function blocksMeet(a: string, b: string): boolean {
  const [one, other] = [bitsOf(a), bitsOf(b)];
  if (one === undefined || other === undefined) return true;
  if (one.isV6 !== other.isV6) return false;
  return one.bits.startsWith(other.bits) || other.bits.startsWith(one.bits);
}

/** The bits that a block fixes; undefined: it cannot be read. */
function bitsOf(cidr: string): { isV6: boolean; bits: string } | undefined {
  const [address = '', length = ''] = cidr.split('/');
  const isV6 = address.includes(':');
  const groups = isV6 ? groupsOfV6(address) : address.split('.').map(Number);
  const [count, most, size] = isV6 ? [8, 0xffff, 16] : [4, 0xff, 8];
  if (groups.length !== count || groups.some(group => !(Number.isInteger(group) && group >= 0 && group <= most))) {
    return undefined;
  }
  const bits = groups.map(group => group.toString(2).padStart(size, '0')).join('');
  return /^\d+$/.test(length) ? { isV6, bits: bits.slice(0, Number(length)) } : undefined;
}

function groupsOfV6(address: string): number[] {
  const halves = address
    .split('::')
    .map(half => (half === '' ? [] : half.split(':').map(group => parseInt(group, 16))));
  const [head = [], tail] = halves;
  if (tail === undefined) return head;
  return [...head, ...Array<number>(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail];
}
