const MOST_TAGS = 5;

/**
 * `there is no image v3 in checkout; its newest tags are v2, v1`
 * @param tags all that the repository has; undefined: not known
 */
export function notFoundSentence(
  repository: string,
  reference: string,
  tags: { tag: string; pushedAtEpochMs: number }[] | undefined,
): string {
  const sentence = `there is no image ${reference} in ${repository}`;
  if (tags === undefined) return sentence;
  if (tags.length === 0) return `${sentence}; it has no tags at all`;
  const newest = tags.toSorted((a, b) => b.pushedAtEpochMs - a.pushedAtEpochMs).slice(0, MOST_TAGS);
  return `${sentence}; its newest tags are ${newest.map(({ tag }) => tag).join(', ')}`;
}
