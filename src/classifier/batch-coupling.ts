import { throwIfAborted, NpluskError } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { createRandom } from '../math/random.js'
import { encodeModel, type LoadedModel } from '../onnx/model.js'
import { DataType } from '../onnx/tensor.js'
import { compareLogits } from '../runtime/compare-logits.js'
import { openSession, type PlainTensor, type Session } from '../runtime/session.js'
import type { ClassifierFile } from '../preprocessing/classifier-file.js'
import { coupledOperator } from '../locate/coupled-operator.js'
import { prepareBackbone, tensorNames, type BackboneRecipe } from '../backbone/prepare.js'

/** Why a classifier's answer to an image depends on the other images of the batch, and by how much. */
export interface BatchCoupling {
  /** A clause for messages. */
  readonly reason: string
  /** The operator that couples images, if known. */
  readonly operator: string | null
  /** Largest change of a class score on test patterns; `null` if the graph cannot process several images at once. */
  readonly change: number | null
}

/**
 * Thresholds as shares of the range of an image's outputs: another order of summation changes them by less, coupling by
 * more.
 */
const roundings = { float32: 1e-3, float16: 3e-2 }

/** Scales values to 0..1: the normalisation does not matter for whether images are coupled. */
const unit = { channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const

/**
 * Like `findCoupling`, for a file whose input scaling is not known yet.
 *
 * @throws NpluskError `BAD_MODEL` when the runtime refuses the graph
 */
export async function couplingOf(
  { model, location, takesOne }: Pick<ClassifierFile, 'model' | 'location' | 'takesOne'>,
  recipe: BackboneRecipe,
  options: CallOptions,
): Promise<BatchCoupling | undefined> {
  if (takesOne) return { reason: 'its graph is made for one picture at a time', operator: null, change: null }
  const normalisation = location.input.type === 'uint8' ? undefined : unit
  return findCoupling(model, { ...recipe, normalisation }, options)
}

/**
 * Finds out whether the images of a batch affect each other's outputs: by operators known to do so, and by running the
 * prepared graph on images alone and among others.
 *
 * @param model as for `prepareBackbone`
 * @returns `undefined` if they do not
 * @throws NpluskError `BAD_MODEL` when the runtime refuses the graph
 */
export async function findCoupling(
  model: LoadedModel,
  recipe: BackboneRecipe,
  { signal }: CallOptions,
): Promise<BatchCoupling | undefined> {
  throwIfAborted(signal)
  const known = coupledOperator(model)
  const session = await openSession(encodeModel(prepareBackbone(model, recipe)))
  try {
    const tried = await tryBatch(session, recipe, model)
    if (known) return { ...known, change: tried?.change ?? null }
    if (!tried) return { reason: 'the graph takes one picture at a time only', operator: null, change: null }
    if (!tried.isCoupled) return undefined
    return {
      reason: 'its scores for a picture change with what others it is run with',
      operator: null,
      change: tried.change,
    }
  } finally {
    await session.close()
  }
}

/** @returns `undefined` if the graph cannot process several images at once */
async function tryBatch(
  session: Session,
  { width, height }: BackboneRecipe,
  model: LoadedModel,
): Promise<{ readonly change: number; readonly isCoupled: boolean } | undefined> {
  const pictures = patterns(height * width * 3)
  const run = async (batch: readonly Uint8Array[]): Promise<PlainTensor[]> => {
    const data = new Uint8Array(batch.length * height * width * 3)
    batch.forEach((picture, i) => data.set(picture, i * picture.length))
    const names = [tensorNames.baseLogits, tensorNames.features]
    const results = await session.run({ [tensorNames.image]: { dims: [batch.length, height, width, 3], data } }, names)
    return names.map((name) => results[name]!)
  }
  // An error for an image alone means a damaged model, and is thrown.
  const alone = [await run([pictures[0]!]), await run([pictures[1]!])]
  const positions = [1, 3]
  const together = await run([pictures[2]!, pictures[0]!, pictures[3]!, pictures[1]!]).catch((error: unknown) => {
    if (error instanceof NpluskError && error.code === 'BAD_MODEL') return undefined
    throw error
  })
  const isHalf = model.graph.initializer.some(({ dataType }) => dataType === DataType.FLOAT16)
  const rounding = isHalf ? roundings.float16 : roundings.float32
  let change = 0
  let isCoupled = false
  for (const [picture, outputs] of alone.entries()) {
    for (const [i, { data }] of outputs.entries()) {
      const all = together?.[i]
      if (all?.dims[0] !== pictures.length || all.data.length !== data.length * pictures.length) return undefined
      const own = data as Float32Array
      const among = (all.data as Float32Array).subarray(positions[picture]! * own.length)
      const most = compareLogits(own, among).largest
      const range = own.reduce((x, y) => Math.max(x, y)) - own.reduce((x, y) => Math.min(x, y))
      if (i === 0) change = Math.max(change, most)
      if (most > rounding * range) isCoupled = true
    }
  }
  return { change, isCoupled }
}

/** Two images of mild noise, and two as different from them as possible: black, and noise from black to white. */
function patterns(length: number): Uint8Array[] {
  const random = createRandom('coupling')
  const noise = (least: number, greatest: number) =>
    Uint8Array.from({ length }, () => least + random.integer(greatest - least + 1))
  return [noise(64, 160), noise(120, 240), new Uint8Array(length), noise(0, 255)]
}
