import { readBundle } from '../../bundle/bundle.js'
import { revisionIdOf } from '../../bundle/history/revision-file.js'
import { isBundle } from '../../bundle/layout.js'
import type { ModelOptions } from '../../classifier/model-options.js'
import { NpluskError } from '../../core/errors.js'
import type { ExtendOptions } from '../../training/extend-options.js'
import { advise } from '../../workflow/advise.js'
import { exportModel } from '../../workflow/export.js'
import { extendModel, type ExtendResult } from '../../workflow/extend.js'
import { removeClasses } from '../../workflow/remove.js'
import { rollback } from '../../workflow/rollback.js'
import { trainingSpread } from '../metrics/training-spread.js'

/** What is remembered of a taught lesson, to take it back. */
export interface Taught {
  /** Folder of the bundle. */
  readonly bundle: string
  /** The revision before; 0 where the lesson made the bundle. */
  readonly before: number
  readonly revision: number
  /** The hash of the revision; `undefined` where another change came at once. */
  readonly id: string | undefined
  /** Name of the increment. */
  readonly increment: string
}

/** Adds the classes of a lesson. */
async function teach(
  options: ExtendOptions & { readonly out: string },
): Promise<{ readonly taught: Taught; readonly extended: ExtendResult }> {
  const before = (await isBundle(options.out)) ? (await readBundle(options.out)).manifest.revision : 0
  const extended = await extendModel(options)
  const { revision } = extended
  const { manifest } = await readBundle(options.out)
  const taught = {
    bundle: options.out,
    // Where nothing was new, the bundle stayed as it was.
    before: revision === before ? before : revision - 1,
    revision,
    id: manifest.revision === revision ? revisionIdOf(manifest).id : undefined,
    increment: extended.increment.name,
  }
  return { taught, extended }
}

/**
 * Takes a lesson back: its bundle gets the revision from before it; one that the lesson made loses its classes.
 *
 * @returns the revision of the bundle afterwards
 * @throws NpluskError `CONFLICT` where the bundle was changed since, or does not keep the revision
 */
async function undo({
  taught: { bundle: model, before, revision, id, increment },
  ...call
}: Omit<ModelOptions, 'model'> & { readonly taught: Taught; readonly command: string }): Promise<number> {
  const { manifest } = await readBundle(model)
  if (revisionIdOf(manifest).id !== id) throw new NpluskError('CONFLICT', 'The model was changed since the lesson.')
  if (before === revision) return revision
  if (before > 0) {
    const { revision: now } = await rollback({ ...call, model, revision: before }).catch((error: unknown) => {
      if (!(error instanceof NpluskError && error.code === 'NOT_FOUND')) throw error
      const message = 'The model does not keep what it was before the lesson.'
      throw new NpluskError('CONFLICT', message, { cause: error })
    })
    return now
  }
  await removeClasses({ ...call, model, name: increment, kind: 'increment' })
  return revision + 1
}

/** The calls that a thread of its own runs. */
export const libraryCalls = { teach, undo, advise, rollback, exportModel, trainingSpread }
