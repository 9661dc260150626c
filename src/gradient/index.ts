/**
 * Gradients of ONNX graphs, and training with them: forward and back are one graph of ordinary operators, which ONNX
 * Runtime runs on any of its execution providers.
 *
 * @example Training two layers of a model
 * ```ts
 * import { readFile, writeFile } from 'node:fs/promises'
 * import { openTrainer } from 'nplusk/gradient'
 *
 * const trainer = await openTrainer(await readFile('with-loss.onnx'), {
 *   loss: 'loss',
 *   parameters: [{ name: 'fc.weight', decay: 0.01 }, { name: 'fc.bias' }],
 *   shapes: { pixels: [32, 3, 224, 224], target: [32, 10] },
 * })
 * try {
 *   for (const { pixels, target } of batches) console.log((await trainer.step({ pixels, target }, 1e-3)).loss)
 *   await writeFile('trained.onnx', trainer.trainedModel())
 * } finally {
 *   await trainer.close()
 * }
 * ```
 *
 * @module
 */
import { decodeModel, encodeModel } from '../onnx/model.js'
import { gradientGraph, type GradientOptions } from './gradient-graph.js'
import { Trainer, type TrainerOptions } from './trainer.js'

export type { Shape } from '../onnx/infer-shapes.js'
export type { PlainArray } from '../runtime/plain-data.js'
export type { PlainTensor, Provider } from '../runtime/session.js'
export type { AdamWOptions } from './adamw.js'
export { gradientName, type GradientOptions } from './gradient-graph.js'
export type { Parameter, Trainer, TrainerOptions, TrainingStep } from './trainer.js'

/**
 * The ONNX model that gives a loss and its gradients; see `GradientOptions`. Tensors to differentiate by become its
 * inputs, and for each it has the output `gradientName(tensor)`.
 *
 * @param model bytes of an ONNX file with all weights in it
 * @returns bytes of an ONNX file
 * @throws NpluskError `BAD_MODEL` where the bytes are no ONNX file, an operator on the way has no rule, a shape is not
 *   known, the operator set is older than 13, the loss has more than one element, or it does not depend on a tensor
 */
export function gradientModel(model: Uint8Array, options: GradientOptions): Uint8Array {
  return encodeModel(gradientGraph(decodeModel(model), options))
}

/**
 * Opens a model for training by AdamW; close it at the end.
 *
 * @param model bytes of an ONNX file with all weights in it
 * @throws NpluskError `BAD_MODEL` as `gradientModel`, `DEVICE_UNAVAILABLE` when CUDA cannot be loaded
 */
export function openTrainer(model: Uint8Array, options: TrainerOptions): Promise<Trainer> {
  return Trainer.open(decodeModel(model), options)
}
