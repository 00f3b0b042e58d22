import { variableMeant } from '../../domain/sources/other-variables.ts';
import { DIMENSION_VARIABLES } from '../../domain/sources/template.ts';

interface Template {
  start: number;
  end: number;
  found: string;
  expected: string;
  guess?: string;
}

/** `{{ … }}` outside a comment. YAML reads it without complaint as a map in a map. */
const BRACES = /\$?\{\{[^\n]*?(?:\}\}|$)/gm;
/** Helm's: of its values and actions, which are filled in before the file is read. */
const HELM =
  /^\{\{-?\s*(?:\.(?:Values|Release|Chart|Files|Capabilities|Template)\b|[a-z]+\s+[^\s}]|end\b|else\b|\/\*|"|\$)|\|/;

/**
 * Variables as other tools write them, each with ours that is meant. A template of Helm is one mistake: what the file says
 * is not known before it is rendered.
 */
export function findTemplates(text: string): Template[] {
  const found = [...text.matchAll(BRACES)]
    .filter(({ index }) => !isInComment(text, index))
    .map(({ 0: written, index }) => ({ written, start: index, end: index + written.length }));
  const helm = found.find(({ written }) => HELM.test(written.replace(/^\$/, '')));
  if (helm !== undefined) {
    const { start, end } = helm;
    const expected = 'plain YAML: render it first (helm template, for example)';
    return [{ start, end, found: 'a template that was not rendered', expected }];
  }
  return found.map(({ written, start, end }) => {
    const meant = variableMeant(written.replaceAll(/^\$?\{\{-?|-?\}\}$/g, ''), DIMENSION_VARIABLES);
    const expected = 'a variable such as ${slot}, in one pair of braces';
    const told = { start, end, found: `'${written}', which is no variable here`, expected };
    return meant === undefined ? told : { ...told, guess: `\${${meant}}` };
  });
}

/** A `#` at the start of a line or behind a blank begins a comment; one in quotes does not. */
function isInComment(text: string, index: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
  return /(?:^|\s)#/.test(before.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, ''));
}
