import { readdir } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readBundle } from '../../src/bundle/bundle.js'
import { revisionsOf } from '../../src/bundle/history/chain.js'
import { keptModel } from '../../src/bundle/history/kept.js'
import { openClassifier } from '../../src/classifier/open-classifier.js'
import { hashOf } from '../../src/core/hash-of.js'
import { NpluskError } from '../../src/core/errors.js'
import { scoreImages } from '../../src/evaluation/score-images.js'
import { history, verifyBundle } from '../../src/index.js'
import type { FlipTarget } from './flip.js'

/** What is read of a bundle, in a form that can be compared. */
type Reading = () => Promise<unknown>

/**
 * A bundle: what reads the flipped file is asked, and `verify` after it. What reading finds, `verify` must find too;
 * what neither finds must give the labels, the logits, bit for bit, and the history of the untouched bundle.
 *
 * @param pictures that it is asked about
 */
export async function flippedBundle(model: string, pictures: readonly string[]): Promise<FlipTarget> {
  const entries = await readdir(model, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const readings = { answers: answers(model, pictures), parts: parts(model), past: past(model) }
  const untouched = { answers: await readings.answers(), parts: await readings.parts(), past: await readings.past() }
  return {
    files: files.sort(),
    async ask(file) {
      const kind = readBy(file, model)
      const read = await outcome(readings[kind], untouched[kind])
      const { ok, damaged } = await verifyBundle({ model })
      const isNamed = damaged.some((one) => one.file === relative(model, file).split(sep).join('/'))
      if (read === 'found' && !isNamed) return { fault: 'reading finds it, and verify does not' }
      if (isNamed) return ok ? { fault: 'verify names it and says that all is well' } : 'found'
      return read === 'same' ? 'same' : { fault: `another answer, and nobody says so (${kind})` }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** What reads a file. */
function readBy(file: string, model: string): 'answers' | 'parts' | 'past' {
  if (dirname(file) !== model) return 'past'
  return ['model.onnx', 'bundle.json'].includes(basename(file)) ? 'answers' : 'parts'
}

async function outcome(read: Reading, untouched: unknown): Promise<'found' | 'same' | 'other'> {
  try {
    return isDeepStrictEqual(await read(), untouched) ? 'same' : 'other'
  } catch (error) {
    if (error instanceof NpluskError) return 'found'
    throw error
  }
}

/** As `predict` does. */
function answers(model: string, pictures: readonly string[]): Reading {
  return async () => {
    const { labels, session, ...classifier } = await openClassifier({ model, device: 'cpu' })
    await using _ = session
    const logits: unknown[] = []
    for await (const scored of scoreImages({ labels, session, ...classifier }, pictures, undefined)) {
      logits.push('logits' in scored ? Buffer.from(scored.logits.buffer).toString('hex') : scored.error)
    }
    return { labels, logits }
  }
}

/** As `--add` and `remove` do. */
function parts(model: string): Reading {
  return async () => {
    const bundle = await readBundle(model)
    const increments = await bundle.increments()
    const rehearsal = await bundle.rehearsal()
    const { graph } = await bundle.backbone()
    return [hashOf(graph), ...[...increments, rehearsal!].map(({ table, part }) => [part, table.label, table.oldBest])]
  }
}

/** As `history` and `rollback` do. */
function past(model: string): Reading {
  return async () => {
    const { revisions } = await history({ model })
    const { folder, manifest } = await readBundle(model)
    const kept = (await revisionsOf(folder, manifest)).flatMap((one) => one.kept ?? [])
    const models: unknown[] = []
    for (const one of kept) models.push([one.manifest, hashOf(await keptModel(folder, one))])
    return { revisions, models }
  }
}
