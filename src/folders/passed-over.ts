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

/** Counts the files passed over by kind, the most frequent kind first. */
export function countByKind(passedOver: readonly PassedOver[]): PassedOverKind[] {
  const filesOf = new Map<string, string[]>()
  for (const { file, kind } of passedOver) {
    const files = filesOf.get(kind)
    if (files === undefined) filesOf.set(kind, [file])
    else files.push(file)
  }
  return [...filesOf]
    .map(([kind, files]) => ({ kind, count: files.length, files: files.slice(0, maxNames) }))
    .sort((a, b) => b.count - a.count)
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
  return kind.includes(' beside ') ? `${first}s ${rest.join(' ')}` : `${kind}s`
}
