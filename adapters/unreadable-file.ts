/** What the system's refusals mean to whoever named the file. */
const REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'a directory',
  EACCES: 'a file that you may not read',
  EPERM: 'a file that you may not read',
  ELOOP: 'a link that leads nowhere',
  ENAMETOOLONG: 'a name that is too long',
};

/** Why a file that a person named cannot be read, from the error of opening or reading it; undefined for any other fault, which is to be thrown. */
export function whyUnreadable(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
}
