/** Longest name that file systems allow, in bytes. */
const maxNameBytes = 255

/**
 * Whether a name from a file or a server may stand in a path: on every system, it names a file in its own folder and
 * leads nowhere else.
 */
export function isPlainName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    Buffer.byteLength(name) <= maxNameBytes &&
    // On Windows, a colon marks a drive or a stream.
    !/[/\\:\p{Cc}]/u.test(name)
  )
}

/** As `isPlainName`, for each part of a path below a folder, with `/`. */
export function isPlainPath(path: unknown): path is string {
  return typeof path === 'string' && path.split('/').every(isPlainName)
}

/** Whether a value is a SHA-256 as 64 lower-case hexadecimal digits. */
export function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

/**
 * What to do about a path at which nothing is. Names that are not in UTF-8 come with U+FFFD in them, and nothing opens
 * what they stand for.
 */
export function adviceOnPath(path: string): string {
  return path.includes('\ufffd') ? 'if its name is not in UTF-8, rename it' : 'check the path'
}
