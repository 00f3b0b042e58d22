import type { Json } from './schema.ts';
import { isObject } from './schema.ts';

/** A `labelSelector` query: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas. */
export function matchesLabels(selector: string, labels: Json | undefined): boolean {
  const label = (key: string): Json | undefined => (isObject(labels) ? labels[key] : undefined);
  const requirements = selector.split(/,(?![^(]*\))/).map(text => text.trim());
  return requirements.filter(Boolean).every(requirement => {
    const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(requirement);
    if (set) {
      const [, key = '', operator, list = ''] = set;
      const value = label(key);
      const isIn = list.split(',').some(item => item.trim() === value);
      return operator === 'in' ? isIn : !isIn;
    }
    const unequal = /^([^=!]+)!=(.*)$/.exec(requirement);
    if (unequal) return label(unequal[1] ?? '') !== unequal[2];
    const equal = /^([^=!]+)==?(.*)$/.exec(requirement);
    if (equal) return label(equal[1] ?? '') === equal[2];
    return requirement.startsWith('!') ? label(requirement.slice(1)) === undefined : label(requirement) !== undefined;
  });
}

/** A map of labels that all have to be there, as a Service or a Deployment selects. An empty one selects nothing. */
export const selects = (selector: Json | undefined, labels: Json | undefined): boolean =>
  isObject(selector) &&
  Object.keys(selector).length > 0 &&
  isObject(labels) &&
  Object.entries(selector).every(([key, value]) => labels[key] === value);
