import { NpluskError } from '../core/errors.js'
import type { Shape } from '../onnx/infer-shapes.js'
import type { PlainTensor } from '../runtime/session.js'

/**
 * Checks that inputs are there, in the shapes that they are wanted in.
 *
 * @throws NpluskError `USAGE`
 */
export function checkInputs(
  inputs: Readonly<Record<string, PlainTensor>>,
  shapes: Readonly<Record<string, Shape>>,
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const given = inputs[name]
    if (given === undefined) throw new NpluskError('USAGE', `The input "${name}" is missing.`)
    const count = shape.reduce((product, size) => product * size, 1)
    if (given.dims.join() !== shape.join() || given.data.length !== count) {
      const found = `[${given.dims.join(', ')}] of ${given.data.length} numbers`
      throw new NpluskError('USAGE', `The input "${name}" is to be of the shape [${shape.join(', ')}], not ${found}.`)
    }
  }
}
