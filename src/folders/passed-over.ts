/** A file in a folder of pictures that is not taken for one. */
export interface PassedOver {
  readonly file: string
  /** What it is, as a countable noun: `text file`, `video`, `picture beside the class folders`. */
  readonly kind: string
}

/** Files of one kind that were passed over. */
export interface PassedOverKind {
  readonly kind: string
  readonly count: number
  /** The first of them. */
  readonly files: readonly string[]
}

/** Most files named per kind; each of thousands of pictures may have a text file beside it. */
const maxNames = 5

/** Counts files by kind as they come, and keeps the first names alone. */
export class PassedOverCount {
  readonly #kinds = new Map<string, { count: number; files: string[] }>()

  add(passedOver: Iterable<PassedOver>): void {
    for (const { file, kind } of passedOver) {
      const found = this.#kinds.get(kind)
      if (found === undefined) this.#kinds.set(kind, { count: 1, files: [file] })
      else if (++found.count <= maxNames) found.files.push(file)
    }
  }

  /** The most frequent kind first. */
  kinds(): PassedOverKind[] {
    return [...this.#kinds].map(([kind, found]) => ({ kind, ...found })).sort((a, b) => b.count - a.count)
  }
}

/** Counts the files passed over by kind, the most frequent kind first. */
export function countByKind(passedOver: readonly PassedOver[]): PassedOverKind[] {
  const count = new PassedOverCount()
  count.add(passedOver)
  return count.kinds()
}

/** `3 text files, 1 video`. */
export function describeKinds(kinds: readonly Pick<PassedOverKind, 'kind' | 'count'>[]): string {
  return kinds.map(({ kind, count }) => `${count} ${count === 1 ? kind : plural(kind)}`).join(', ')
}

/**
 * The plural of a kind, whose noun is the first word or the last: `pictures beside the class folders`, `text files`.
 */
function plural(kind: string): string {
  const [first, ...rest] = kind.split(' ')
  return / (beside|without) /.test(kind) ? `${first}s ${rest.join(' ')}` : `${kind}s`
}
