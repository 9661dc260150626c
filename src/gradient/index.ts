/**
 * Gradients of ONNX graphs, and training with them: forward and back are one graph of ordinary operators, which ONNX
 * Runtime runs on any of its execution providers.
 *
 * @example Training the last layer of a classifier
 * ```ts
 * import { readFile, writeFile } from 'node:fs/promises'
 * import { openTrainer, withCrossEntropy } from 'nplusk/gradient'
 *
 * const model = withCrossEntropy(await readFile('classifier.onnx'), 'logits')
 * const trainer = await openTrainer(model, {
 *   loss: 'loss',
 *   parameters: [{ name: 'fc.weight', decay: 0.01 }, { name: 'fc.bias' }],
 *   shapes: { pixels: [32, 3, 224, 224], target: [32, 10] },
 * })
 * try {
 *   for (const { pixels, labels } of batches) {
 *     const target = new Float32Array(32 * 10)
 *     labels.forEach((label, i) => (target[10 * i + label] = 1))
 *     const { loss } = await trainer.step(
 *       { pixels: { dims: [32, 3, 224, 224], data: pixels }, target: { dims: [32, 10], data: target } },
 *       1e-3,
 *     )
 *     console.log(loss)
 *   }
 *   await writeFile('trained.onnx', trainer.trainedModel(['logits']))
 * } finally {
 *   await trainer.close()
 * }
 * ```
 *
 * @module
 */
import { NpluskError } from '../core/errors.js'
import { decodeModel, encodeModel, type LoadedModel } from '../onnx/model.js'
import { withCrossEntropy as crossEntropyAdded } from './cross-entropy.js'
import { gradientGraph } from './gradient-graph.js'
import type { GradientOptions } from './gradient-options.js'
import { Trainer, type TrainerOptions } from './trainer.js'

export type { Shape } from '../onnx/infer-shapes.js'
export type { PlainArray } from '../runtime/plain-data.js'
export type { PlainTensor, Provider } from '../runtime/session.js'
export type { AdamWOptions } from './adamw.js'
export { gradientName, type GradientOptions } from './gradient-options.js'
export type { Parameter, Trainer, TrainerOptions, TrainingStep } from './trainer.js'
export type { ParameterState, TrainerState } from './trainer-state.js'

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
  return encodeModel(gradientGraph(decodeWhole(model), options))
}

/**
 * Adds the loss that classifiers are trained by, the mean of −log softmax(logits) at the right class: an input `target`
 * [n, classes] of float32, a row for each image with a 1 at its class, and an output `loss` of one element.
 *
 * @param model bytes of an ONNX file with all weights in it
 * @param logits an output [n, classes], before any softmax
 * @returns bytes of an ONNX file
 * @throws NpluskError `BAD_MODEL` where the bytes are no ONNX file, there is no such output, or a tensor has a name
 *   that is added: `target`, `loss` or one of `loss/…`
 */
export function withCrossEntropy(model: Uint8Array, logits: string): Uint8Array {
  return encodeModel(crossEntropyAdded(decodeWhole(model), logits))
}

/**
 * Opens a model for training by AdamW; close it at the end.
 *
 * @param model bytes of an ONNX file with all weights in it
 * @throws NpluskError `BAD_MODEL` as `gradientModel`, `DEVICE_UNAVAILABLE` when CUDA cannot be loaded, `USAGE` where
 *   the state to go on from is of another model
 */
export async function openTrainer(model: Uint8Array, options: TrainerOptions): Promise<Trainer> {
  return Trainer.open(decodeWhole(model), options)
}

function decodeWhole(bytes: Uint8Array): LoadedModel {
  const model = decodeModel(bytes)
  if (model.graph.initializer.some(({ externalData }) => externalData.length > 0)) {
    throw new NpluskError('BAD_MODEL', 'The model has weights in another file; gradients need all of them in one.')
  }
  return model
}
