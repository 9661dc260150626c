import { join } from 'node:path'
import { loadClassifier } from '../../src/workflow/classifier.js'
import { extendModel } from '../../src/workflow/extend.js'
import { runExtend } from '../speed/child.js'
import type { Sent } from './pictures.js'

/** What a revision of the bundle answers. */
export interface Reference {
  readonly labels: readonly string[]
  /** Best columns and their probabilities, by file. */
  readonly answers: Readonly<Record<string, readonly { readonly index: number; readonly probability: number }[]>>
}

/** A bundle of two revisions, whose labels differ, and what each answers to the good pictures. */
export interface TwoRevisions {
  readonly bundle: string
  /** First flowers alone, then textures too. */
  readonly references: readonly [Reference, Reference]
}

export const answersAsked = 5

export async function makeBundle(data: string, cacheDir: string, folder: string, sent: readonly Sent[]) {
  const bundle = join(folder, 'served')
  const options = { out: bundle, device: 'cpu', cacheDir } as const
  const references: Reference[] = []
  await extendModel({ ...options, model: 'inception-v3', add: [join(data, 'flowers/train')] })
  references.push(await referenceOf(bundle, sent))
  await extendModel({ ...options, model: bundle, add: [join(data, 'textures/train')] })
  references.push(await referenceOf(bundle, sent))
  return { bundle, references } as unknown as TwoRevisions
}

async function referenceOf(model: string, sent: readonly Sent[]): Promise<Reference> {
  const classifier = await loadClassifier({ model, device: 'cpu' })
  try {
    const files = [...new Set(sent.filter(({ isGood }) => isGood).map(({ file }) => file))]
    const answers: Record<string, { index: number; probability: number }[]> = {}
    for await (const result of classifier.classify(files, { top: answersAsked })) {
      if ('error' in result) throw new Error(result.error)
      answers[result.file] = result.predictions.map(({ index, probability }) => ({ index, probability }))
    }
    return { labels: classifier.labels.map(({ label }) => label), answers }
  } finally {
    await classifier.close()
  }
}

/** Which of the two a revision of the bundle is: taking the last change back again and again goes to and fro. */
export function variantOf(revision: number): 0 | 1 {
  return revision % 2 === 1 ? 0 : 1
}

/** Replaces the bundle by its other revision, from a process of its own, as an `--add` elsewhere would. */
export async function swap(bundle: string): Promise<number> {
  const { revision } = await runExtend<{ readonly revision: number }>(['rollback', '--model', bundle])
  return revision
}
