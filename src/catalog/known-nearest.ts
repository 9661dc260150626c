/** Sorts candidates by their edit distance from `name`, ignoring case. */
export function nearestNames(name: string, candidates: readonly string[]): string[] {
  const wanted = name.toLowerCase()
  const ranked = candidates.map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
  return ranked.sort((a, b) => a.distance - b.distance).map(({ candidate }) => candidate)
}

/** Levenshtein distance, computed row by row. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const change = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
