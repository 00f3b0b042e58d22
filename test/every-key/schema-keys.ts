import { planJsonSchema } from '../../domain/plan/check-plan.ts';
import { workloadJsonSchema } from '../../domain/workload-file.ts';

interface Node {
  properties?: Record<string, Node>;
  items?: Node | Node[];
  additionalProperties?: Node | boolean;
  anyOf?: Node[];
  oneOf?: Node[];
  allOf?: Node[];
}

/** Every key that a file may have, as `metrics[].judge.margin`, over all alternatives; in order. */
export function keysOf(node: Node, path = ''): string[] {
  const alternatives = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  const items = node.items === undefined ? [] : [node.items].flat();
  const own = Object.entries(node.properties ?? {}).flatMap(([key, value]) => {
    const place = path === '' ? key : `${path}.${key}`;
    return [place, ...keysOf(value, place)];
  });
  const below = [...alternatives.flatMap(one => keysOf(one, path)), ...items.flatMap(one => keysOf(one, `${path}[]`))];
  return [...new Set([...own, ...below])];
}

export const workloadKeys = (): string[] => keysOf(workloadJsonSchema() as Node);
export const planKeys = (): string[] => keysOf(planJsonSchema() as Node);
