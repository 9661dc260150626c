/** Bytes that file systems allow in a name. */
const longestName = 255

/**
 * Whether a name from a file or a server may stand in a path: it is a file's own, on every system, and leads nowhere
 * else.
 */
export function isPlainName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    Buffer.byteLength(name) <= longestName &&
    // A colon begins a drive or a stream on Windows.
    !/[/\\:\p{Cc}]/u.test(name)
  )
}

/** As `isPlainName`, for a path below a folder, with `/`. */
export function isPlainPath(path: unknown): path is string {
  return typeof path === 'string' && path.split('/').every(isPlainName)
}

/** SHA-256 as 64 hexadecimal digits. */
export function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
