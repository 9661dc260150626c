import { join } from 'node:path'
import { NpluskError, throwIfAborted } from '../../core/errors.js'
import type { CallOptions } from '../../core/progress.js'
import { sizeOf } from '../../core/size-of.js'
import { checkIsBundle } from '../bundle.js'
import { revisionsOf } from '../history/chain.js'
import { keepOf } from '../history/keep.js'
import { readKept } from '../history/kept.js'
import { revisionFile } from '../history/revision-file.js'
import { featuresOf, manifestFile, modelFile, partsOf, type Part } from '../layout.js'
import type { Manifest } from '../manifest.js'
import { checkBundleFile } from '../own-file.js'
import { lookAtCurrent } from './current.js'
import type { FileState, Held, LookedAt } from './file-state.js'
import { lookAtHistory } from './history-files.js'

/** What was found in a bundle. */
export interface CheckedBundle {
  /** `undefined` where neither model nor `bundle.json` says what the bundle is. */
  readonly manifest: Manifest | undefined
  readonly files: readonly LookedAt[]
  /** Numbers of earlier revisions all of whose files are whole, the newest first. */
  readonly whole: readonly number[]
  /** `false` where `bundle.json` is of another bundle than the model, or newer. */
  readonly belongTogether: boolean
}

/** A revision that can be asked for: the current one, or one that is kept. */
interface Wanted {
  readonly manifest: Manifest
  /** What keeps it; `undefined` for the current one. */
  readonly file?: string
}

/**
 * Reads every file of a bundle and checks it: the current revision, those that are kept, and the records of changes.
 *
 * @throws NpluskError `NOT_FOUND` without a bundle, `BAD_BUNDLE` for one of another format, `IO` for a file that may
 * not be read, `ABORTED`
 */
export async function checkBundle(folder: string, { signal, onProgress }: CallOptions): Promise<CheckedBundle> {
  await checkIsBundle(folder)
  const { model, json, manifest, belongTogether } = await lookAtCurrent(folder)
  throwIfAborted(signal)
  const revision = manifest ? [manifest.revision] : []
  const files: Omit<LookedAt, 'bytes'>[] = [
    { file: modelFile, holds: 'model', state: model, revisions: revision },
    { file: manifestFile, holds: 'manifest', state: json, revisions: revision },
  ]
  const wanted = manifest ? await wantedRevisions(folder, manifest) : []
  const parts = partsOfAll(wanted)
  for (const [i, { part, ...about }] of parts.entries()) {
    throwIfAborted(signal)
    onProgress?.({ type: 'progress', stage: 'hash', done: i, total: parts.length, unit: 'steps' })
    files.push({ file: part.file, ...about, state: await stateOfPart(folder, part) })
  }
  onProgress?.({ type: 'progress', stage: 'hash', done: parts.length, total: parts.length, unit: 'steps' })
  files.push(...(await lookAtHistory(folder, manifest)))

  const states = new Map(files.map(({ file, state }) => [file, state]))
  const isFine = (file: string) => ['whole', 'unsealed'].includes(states.get(file) ?? '')
  const whole = wanted.filter(
    (one) => one.file !== undefined && isFine(one.file) && partsOf(one.manifest).every((part) => isFine(part.file)),
  )
  return {
    manifest,
    files: await Promise.all(files.map(async (one) => ({ ...one, bytes: await sizeOf(join(folder, one.file)) }))),
    whole: whole.map((one) => one.manifest.revision),
    belongTogether,
  }
}

/** The current revision, and as many of the earlier ones as the bundle keeps; others are on their way out. */
async function wantedRevisions(folder: string, manifest: Manifest): Promise<Wanted[]> {
  const [current, ...earlier] = await revisionsOf(folder, manifest)
  const keep = current.record?.keep ?? (await keepOf(folder, manifest.revision))
  const wanted: Wanted[] = [{ manifest }]
  for (const id of earlier.slice(0, keep)) {
    const kept = await readKept(folder, id)
    if (kept !== undefined && kept !== 'damaged')
      wanted.push({ manifest: kept.manifest, file: revisionFile(id, 'kept') })
  }
  return wanted
}

/** Every part once, with all revisions that need it. */
function partsOfAll(
  wanted: readonly Wanted[],
): (Pick<LookedAt, 'holds' | 'revisions' | 'increment'> & { part: Part })[] {
  const found = new Map<string, { holds: Held; part: Part; revisions: number[]; increment?: string }>()
  for (const { manifest } of wanted) {
    const { revision, backbone, rehearsal, increments } = manifest
    const add = (holds: Held, part: Part, increment?: string) => {
      const known = found.get(part.file)
      if (known) known.revisions.push(revision)
      else
        found.set(part.file, { holds, part, revisions: [revision], ...(increment === undefined ? {} : { increment }) })
    }
    add('backbone', backbone)
    if (rehearsal) add('rehearsal', rehearsal)
    for (const one of increments) add('features', featuresOf(one), one.name)
  }
  return [...found.values()]
}

async function stateOfPart(folder: string, part: Part): Promise<FileState> {
  try {
    await checkBundleFile({ folder }, part)
    return 'whole'
  } catch (error) {
    if (!(error instanceof NpluskError && error.code === 'BAD_BUNDLE')) throw error
    return (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT' ? 'missing' : 'damaged'
  }
}
