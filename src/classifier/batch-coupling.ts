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

/** Why a classifier's answer to a picture depends on what other pictures are in the batch, and by how much. */
export interface BatchCoupling {
  /** A clause for people. */
  readonly reason: string
  /** The operator that couples the pictures, where one is known that does. */
  readonly operator: string | null
  /**
   * Largest change of a class score, on test patterns; `null` where the graph cannot be run on several pictures at
   * once.
   */
  readonly change: number | null
}

/**
 * Sums in another order differ by less than these shares of the range of a picture's numbers; whatever couples
 * pictures, by more.
 */
const roundings = { float32: 1e-3, float16: 3e-2 }

/** Values in 0..1: whether pictures have an influence on each other does not hang on what is subtracted. */
const unit = { channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const

/**
 * As `findCoupling`, for a file of which it is not known yet how its input is scaled.
 *
 * @throws NpluskError `BAD_MODEL` where the runtime refuses the graph
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
 * Finds out whether the pictures of a batch have an influence on each other's numbers: by operators that are known for
 * it, and by trying the graph, as it will be run, on pictures alone and among others.
 *
 * @param model as for `prepareBackbone`
 * @returns `undefined` where every picture's numbers are its own
 * @throws NpluskError `BAD_MODEL` where the runtime refuses the graph
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

/** @returns `undefined` where the graph cannot be run on several pictures */
async function tryBatch(
  session: Session,
  { width, height }: BackboneRecipe,
  model: LoadedModel,
): Promise<{ readonly change: number; readonly isCoupled: boolean } | undefined> {
  const pictures = patterns(height * width * 3)
  const run = async (some: readonly Uint8Array[]): Promise<PlainTensor[]> => {
    const data = new Uint8Array(some.length * height * width * 3)
    some.forEach((picture, i) => data.set(picture, i * picture.length))
    const names = [tensorNames.baseLogits, tensorNames.features]
    const results = await session.run({ [tensorNames.image]: { dims: [some.length, height, width, 3], data } }, names)
    return names.map((name) => results[name]!)
  }
  // What fails on one picture alone is damaged, and that is said.
  const alone = [await run([pictures[0]!]), await run([pictures[1]!])]
  const places = [1, 3]
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
      const among = (all.data as Float32Array).subarray(places[picture]! * own.length)
      const most = compareLogits(own, among).largest
      const range = own.reduce((x, y) => Math.max(x, y)) - own.reduce((x, y) => Math.min(x, y))
      if (i === 0) change = Math.max(change, most)
      if (most > rounding * range) isCoupled = true
    }
  }
  return { change, isCoupled }
}

/** Two pictures of mild noise, and two that are as unlike them as can be: black, and noise from black to white. */
function patterns(length: number): Uint8Array[] {
  const random = createRandom('coupling')
  const noise = (least: number, greatest: number) =>
    Uint8Array.from({ length }, () => least + random.integer(greatest - least + 1))
  return [noise(64, 160), noise(120, 240), new Uint8Array(length), noise(0, 255)]
}
