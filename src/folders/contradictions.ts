interface Labelled {
  readonly file: string
  readonly hash: string
  readonly label: number
}

const mostNames = 3

/**
 * Leaves out pictures that lie in several classes, by their content: which of these is right is not known, and learning
 * from all would teach that they are alike.
 *
 * @param images one for each content and class
 * @returns the others, and the files that were left out, those of one content together
 */
export function withoutContradictions<Image extends Labelled>(
  images: readonly Image[],
): { kept: Image[]; contradictions: string[][] } {
  const filesOf = new Map<string, string[]>()
  for (const { hash, file } of images) filesOf.set(hash, [...(filesOf.get(hash) ?? []), file])
  return {
    kept: images.filter(({ hash }) => filesOf.get(hash)!.length === 1),
    contradictions: [...filesOf.values()].filter((files) => files.length > 1),
  }
}

/** Names pictures that were left out because they lie in several classes. */
export function describeContradictions(contradictions: readonly (readonly string[])[]): string {
  const named = contradictions.slice(0, mostNames).map((files) => files.map((file) => `"${file}"`).join(' and '))
  const more = contradictions.length > mostNames ? `, and ${contradictions.length - mostNames} more` : ''
  const [subject, them] =
    contradictions.length === 1 ? ['A picture lies', 'it'] : [`${contradictions.length} pictures lie`, 'each']
  return `${subject} in several classes and ${contradictions.length === 1 ? 'is' : 'are'} left out, since the right class is unknown: ${named.join('; ')}${more}; keep ${them} in the right one alone.`
}
