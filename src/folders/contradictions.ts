interface Labelled {
  readonly file: string
  readonly hash: string
  readonly label: number
}

const maxNames = 3

/**
 * Leaves out pictures whose content appears in several classes: the right class is unknown, and training on all of them
 * would teach the model that the classes are alike.
 *
 * @param images one for each content and class
 * @returns the remaining images, and the files left out, grouped by content
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

/** A sentence that names the pictures left out because they lie in several classes. */
export function describeContradictions(contradictions: readonly (readonly string[])[]): string {
  const named = contradictions.slice(0, maxNames).map((files) => files.map((file) => `"${file}"`).join(' and '))
  const more = contradictions.length > maxNames ? `, and ${contradictions.length - maxNames} more` : ''
  const [subject, them] =
    contradictions.length === 1 ? ['A picture lies', 'it'] : [`${contradictions.length} pictures lie`, 'each']
  return `${subject} in several classes and ${contradictions.length === 1 ? 'is' : 'are'} left out, since the right class is unknown: ${named.join('; ')}${more}; keep ${them} in the right one alone.`
}
