/** Concatenates typed arrays of one kind. */
export function concat<T extends Float32Array | Int32Array>(kind: new (length: number) => T, parts: readonly T[]): T {
  const joined = new kind(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
