import { revisionIdOf } from '../bundle/history/revision-file.js'
import { checkBundle, type CheckedBundle } from '../bundle/verify/check-bundle.js'
import { lookAtCurrent } from '../bundle/verify/current.js'
import type { Held } from '../bundle/verify/file-state.js'
import type { CallOptions } from '../core/progress.js'

export interface VerifyOptions extends CallOptions {
  /** The bundle's folder. */
  readonly model: string
}

/** A file of a bundle that is not as it was written. */
export interface DamagedFile {
  /** Its path below the bundle's folder. */
  readonly file: string
  readonly problem: 'damaged' | 'missing'
  /** What it holds: `record` of a change, `revision` of those that are kept; the others are of the names' own. */
  readonly holds: Held
  /** Numbers of the revisions that need it, the newest first. */
  readonly revisions: readonly number[]
  /** Of features: the increment whose images they are of. */
  readonly increment?: string
}

export interface Verification {
  readonly bundle: string
  /** Whether no file is damaged or missing. */
  readonly ok: boolean
  /** The current revision; `null` where neither `model.onnx` nor `bundle.json` tells it. */
  readonly revision: number | null
  readonly files: number
  readonly bytes: number
  readonly damaged: readonly DamagedFile[]
  /** Files that an earlier version wrote without a checksum, so that damage to them may go unseen. */
  readonly unsealed: readonly string[]
  /** Whether `model.onnx` is whole, so that its answers are those that were saved, whatever else is damaged. */
  readonly modelIsWhole: boolean
  /** `false` where `bundle.json` is of another bundle than `model.onnx`, or newer: all commands refuse the two. */
  readonly belongTogether: boolean
  /** Earlier revisions that `rollback` can bring back whole, the newest first. */
  readonly restorable: readonly number[]
}

/**
 * Reads every byte of a bundle, its history included, and names what is not as it was written.
 *
 * @throws NpluskError `NOT_FOUND` when there is no bundle; `BAD_BUNDLE` for a bundle of another format; `IO` for a file
 * that may not be read; `ABORTED`
 */
export async function verifyBundle({ model, ...call }: VerifyOptions): Promise<Verification> {
  const { manifest, files, whole, belongTogether } = await checkUnchanged(model, call)
  const damaged = files.flatMap(({ state, bytes: _, ...file }) =>
    state === 'damaged' || state === 'missing' ? [{ ...file, problem: state }] : [],
  )
  return {
    bundle: model,
    ok: damaged.length === 0,
    revision: manifest?.revision ?? null,
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    damaged,
    unsealed: files.filter(({ state }) => state === 'unsealed').map(({ file }) => file),
    modelIsWhole: !damaged.some(({ holds }) => holds === 'model'),
    belongTogether,
    restorable: whole,
  }
}

/** Checks a bundle, and again where it seems damaged and was changed meanwhile, as a change takes files away. */
async function checkUnchanged(folder: string, call: CallOptions): Promise<CheckedBundle> {
  for (;;) {
    const checked = await checkBundle(folder, call)
    const isSound = checked.files.every(({ state }) => state === 'whole' || state === 'unsealed')
    if (isSound && checked.belongTogether) return checked
    const { manifest } = await lookAtCurrent(folder)
    const ids = [checked.manifest, manifest].map((one) => one && revisionIdOf(one).id)
    if (ids[0] === ids[1]) return checked
  }
}
