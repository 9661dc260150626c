import { NpluskError } from '../core/errors.js'
import { elementTypeOf, intAttribute, intsAttribute, shapeOf, trueInputs, type GraphIndex } from '../onnx/graph.js'
import type { LoadedModel, ValueInfoProto } from '../onnx/model.js'
import { DataType, dimsOf } from '../onnx/tensor.js'
import type { ImageInput } from './types.js'

const types: Partial<Record<number, ImageInput['type']>> = {
  [DataType.FLOAT]: 'float32',
  [DataType.FLOAT16]: 'float16',
  [DataType.UINT8]: 'uint8',
}

/**
 * Finds the image among the inputs: the one with four dimensions.
 *
 * @param layout overrides the layout found from the graph
 * @throws NpluskError `BAD_MODEL` where there is none, or its type is not float32, float16 or uint8
 */
export function readImageInput(model: LoadedModel, index: GraphIndex, layout?: ImageInput['layout']): ImageInput {
  const inputs = trueInputs(model.graph)
  const image = inputs.find((input) => shapeOf(input)?.length === 4)
  if (!image) {
    const found = inputs.map((input) => `${input.name} [${shapeOf(input)?.join(', ') ?? 'no shape'}]`).join(', ')
    throw new NpluskError(
      'BAD_MODEL',
      `The model has no image input with four dimensions (its inputs: ${found || 'none'})${readsInstead(inputs)}; give an ONNX image classifier.`,
    )
  }
  const type = types[elementTypeOf(image)]
  if (!type) {
    const found = DataType[elementTypeOf(image)] ?? elementTypeOf(image)
    throw new NpluskError(
      'BAD_MODEL',
      `Input ${image.name} is of type ${found}; export the model with a float32, float16 or uint8 input.`,
    )
  }
  const [batch, ...sizes] = fixedSizes(image)
  const first = firstConvolution(index, image.name)
  const order = layout ?? layoutOf(sizes, first?.transposed ?? false)
  const [channels, height, width] = order === 'NCHW' ? sizes : [sizes[2], sizes[0], sizes[1]]
  return {
    name: image.name,
    layout: order,
    type,
    width,
    height,
    channels: channels ?? first?.channels ?? 3,
    batch: batch ?? 'free',
  }
}

const integers = new Set<number>([DataType.INT32, DataType.INT64, DataType.STRING])

/** What a model without an image input seems to take, as a clause. */
function readsInstead(inputs: readonly ValueInfoProto[]): string {
  const ranks = inputs.map((input) => shapeOf(input)?.length ?? 0)
  if (inputs.length === 0) return ''
  if (inputs.every((input, i) => integers.has(elementTypeOf(input)) && ranks[i]! <= 2))
    return ': it reads text or tokens'
  if (ranks.includes(5)) return ': it reads video or volumes'
  const first = shapeOf(inputs[0]!) ?? []
  if (ranks[0] === 3 && (first[0] === 3 || first[2] === 3)) return ': it takes one picture, without a batch'
  return ranks[0]! > 0 && ranks[0]! <= 3 ? ': it reads sequences or rows of numbers, no pictures' : ''
}

/** Dimensions, `undefined` where they are free: old exporters write 0 or -1 for that, new ones a name. */
function fixedSizes(image: ValueInfoProto): (number | undefined)[] {
  return shapeOf(image)!.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : undefined))
}

/**
 * The axis of size 3, else 1 or 4, holds the channels; where sizes do not decide, the layout that the first convolution
 * reads does.
 */
function layoutOf([first, , last]: readonly (number | undefined)[], transposed: boolean): ImageInput['layout'] {
  for (const channels of [3, 1, 4]) {
    if ((first === channels) !== (last === channels)) return first === channels ? 'NCHW' : 'NHWC'
  }
  return transposed ? 'NHWC' : 'NCHW'
}

/**
 * The number of channels that the first convolution after the image reads, and whether the image is transposed before
 * it.
 */
function firstConvolution(
  { consumers, constants }: GraphIndex,
  image: string,
): { channels: number; transposed: boolean } | undefined {
  const seen = new Set([image])
  const queue = [{ tensor: image, transposed: false }]
  for (let next = 0; next < queue.length && next < 100; next++) {
    const { tensor, transposed } = queue[next]!
    for (const node of consumers.get(tensor) ?? []) {
      const kernel = node.opType === 'Conv' ? constants.get(node.input[1] ?? '') : undefined
      if (kernel)
        return {
          channels: (dimsOf(kernel)[1] ?? 3) * intAttribute(node, 'group', 1),
          transposed,
        }
      const swaps = node.opType === 'Transpose' && intsAttribute(node, 'perm')?.[1] === 3
      for (const output of node.output) {
        if (seen.has(output)) continue
        seen.add(output)
        queue.push({ tensor: output, transposed: transposed || swaps })
      }
    }
  }
  return undefined
}
