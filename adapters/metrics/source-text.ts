import type { Issue } from '../../domain/file/issue.ts';

/** What a source's folder checks of a plan with a parser that the domain does not import. */
export interface SourceText {
  readonly kind: string;
  /** Its texts that the outside system would refuse. @param source plain data, whatever is in it @param at its place in the plan */
  issues(source: unknown, at: Issue['path']): Issue[];
}
