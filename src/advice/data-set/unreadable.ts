/** A file that cannot be used, and a sentence that says why. */
export interface Unreadable {
  readonly file: string
  readonly reason: string
}

/**
 * Names every file that has the content of one that cannot be decoded, each once.
 *
 * @param undecodable one of several equal files, or several
 * @param equalTo the files that are equal to a file, itself among them
 */
export function withEqualFiles(
  undecodable: readonly Unreadable[],
  equalTo: (file: string) => readonly string[],
): Unreadable[] {
  const reasons = new Map<string, string>()
  for (const { file, reason } of undecodable)
    for (const other of equalTo(file))
      reasons.set(
        other,
        reason.replaceAll(`"${file}"`, () => `"${other}"`),
      )
  return [...reasons].map(([file, reason]) => ({ file, reason }))
}
