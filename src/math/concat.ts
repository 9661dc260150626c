/** Typed arrays of one kind, end to end. */
export function concat<T extends Float32Array | Int32Array>(kind: new (length: number) => T, parts: readonly T[]): T {
  const all = new kind(parts.reduce((sum, part) => sum + part.length, 0))
  let place = 0
  for (const part of parts) {
    all.set(part, place)
    place += part.length
  }
  return all
}
