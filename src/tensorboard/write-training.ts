import { join } from 'node:path'
import type { HeldOutRecord } from '../bundle/manifest.js'
import { writeFileAtomic } from '../core/atomic-write.js'
import type { CallOptions } from '../core/progress.js'
import type { TrainingCurve } from '../head/training-curve.js'
import { finishedRun, runsOf } from './curves.js'
import { writeEmbedding, type Embedding } from './embedding.js'
import { eventFile, eventFileName } from './event-file.js'
import { makeTrainingFolder } from './training-folder.js'

/** A training, as TensorBoard is to show it. */
export interface LoggedTraining {
  /** Of the increment. */
  readonly name: string
  readonly curves: readonly TrainingCurve[]
  readonly heldOut: HeldOutRecord
  readonly embedding: Embedding
}

/**
 * Writes a training to a folder of its own below `folder`.
 *
 * @throws NpluskError `IO` where the folder cannot be written to, `ABORTED`
 */
export async function writeTraining(
  folder: string,
  { name, curves, heldOut, embedding }: LoggedTraining,
  call: CallOptions,
): Promise<void> {
  const own = makeTrainingFolder(folder, name, new Date())
  for (const run of runsOf(curves, heldOut)) {
    await writeFileAtomic(join(own, run.name, eventFileName(run)), eventFile(run))
  }
  await writeEmbedding(join(own, finishedRun), embedding, call)
}
