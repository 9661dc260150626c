import type { Advice } from '../../advice/advice.js'
import type { AdviceStep } from '../../advice/steps.js'
import { remedyFor } from './words/remedies.js'
import { withoutPaths } from './words/without-paths.js'

/** Most entries of the lists that rank every picture. */
const maxRanked = 50

interface Names {
  /** The id of the picture at a path. */
  idOf(path: string): string | undefined
  /** Puts names that the client knows into a text, in the place of paths. */
  named(text: string): string
}

/** Advice on a lesson: as `Advice`, with ids of pictures in the place of files, and nothing about folders. */
export function adviceDocument(advice: Advice, model: string, { idOf, named }: Names) {
  const { folder: _, passedOver: __, test: ___, warnings, ...rest } = advice
  const ids = (files: readonly string[]) => files.flatMap((file) => idOf(file) ?? [])
  const shown = (text: string) => withoutPaths(named(text)) ?? ''
  const ranked = <T extends { readonly file: string }>(list: readonly T[]) =>
    list.slice(0, maxRanked).map((one) => ({ ...one, file: idOf(one.file) ?? '' }))
  const step = ({ kind, message, remedy, gain, files }: AdviceStep) => {
    const todo = remedyFor(remedy)
    return { kind, message: shown(message), ...(todo === undefined ? {} : { remedy: todo }), gain, files: ids(files) }
  }
  return {
    ...rest,
    model,
    unreadable: rest.unreadable.map(({ file, reason }) => ({ file: idOf(file) ?? '', reason: shown(reason) })),
    duplicates: rest.duplicates.map((one) => ({ ...one, files: ids(one.files) })),
    mislabelled: ranked(rest.mislabelled),
    outliers: ranked(rest.outliers),
    similar: rest.similar.map((one) => ({ ...one, files: ids(one.files) })),
    advice: rest.advice.map(step),
    warnings: warnings.map(shown).filter((text) => text !== ''),
  }
}

export type AdviceDocument = ReturnType<typeof adviceDocument>
