import { tensorNames } from '../../backbone/tensor-names.js'
import { Problem } from '../problems.js'
import { readByteElements } from './byte-elements.js'
import type { InputTensor } from './request.js'

/** The pictures that a request brings. */
export interface Pictures {
  /** `encoded`: contents of image files; `pixels`: RGB of the model's own size, HWC. */
  readonly kind: 'encoded' | 'pixels'
  readonly pictures: readonly Uint8Array[]
}

/** What a model wants to be given. */
export interface Wanted {
  /** Of the model's pixels. */
  readonly height: number
  readonly width: number
  /** Pictures that one request may bring. */
  readonly most: number
}

/**
 * Reads the one input that every model here has.
 *
 * @throws Problem `bad-request`, `too-large`
 */
export function readPictures(inputs: readonly InputTensor[], wanted: Wanted): Pictures {
  const [input] = inputs
  if (input === undefined || inputs.length > 1 || input.name !== tensorNames.image) {
    throw wrong(`The model has one input, ${tensorNames.image}; a request must bring it and no other`)
  }
  const [count = 0] = input.shape
  if (count > wanted.most) {
    throw new Problem('too-large', `A request may bring ${wanted.most} pictures; send the others in further requests.`)
  }
  if (input.datatype === 'BYTES') return { kind: 'encoded', pictures: readEncoded(input) }
  if (input.datatype === 'UINT8') return { kind: 'pixels', pictures: readPixels(input, wanted) }
  throw wrong('The datatype of image must be BYTES, for encoded pictures, or UINT8, for pixels')
}

function readEncoded({ shape, data }: InputTensor): readonly Uint8Array[] {
  const [count = 0] = shape
  if (shape.length !== 1 || count === 0) throw wrong('The shape of BYTES pictures must be [N], with N of at least 1')
  const elements = data instanceof Uint8Array ? readByteElements(data, count) : data.map(fromBase64)
  if (elements.length !== count) {
    throw wrong(`The shape of image says ${count} pictures, and its data has ${elements.length}`)
  }
  return elements
}

function fromBase64(value: unknown): Uint8Array {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) {
    throw wrong('In JSON every BYTES picture must be a string in base64; the binary extension takes bytes as they are')
  }
  return Buffer.from(value, 'base64')
}

function readPixels({ shape, data }: InputTensor, { height, width }: Wanted): readonly Uint8Array[] {
  const [count = 0, ...rest] = shape
  if (count === 0 || rest.length !== 3 || rest[0] !== height || rest[1] !== width || rest[2] !== 3) {
    throw wrong(`The shape of UINT8 pictures must be [N, ${height}, ${width}, 3], with N of at least 1`)
  }
  const size = height * width * 3
  const values = Array.isArray(data[0]) ? flatten(data as readonly unknown[], shape) : data
  if (values.length !== count * size) {
    throw wrong(`The shape of image says ${count * size} values, and its data has ${values.length}`)
  }
  const bytes = values instanceof Uint8Array ? values : fromNumbers(values)
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

function fromNumbers(values: readonly unknown[]): Uint8Array {
  if (!values.every(isByte)) throw wrong('Every value of a UINT8 picture must be an integer in 0..255')
  return new Uint8Array(values)
}

/** The values of data that is nested as the shape has it. */
function flatten(data: readonly unknown[], shape: readonly number[]): readonly unknown[] {
  let level = data
  for (const dimension of shape.slice(1)) {
    if (!level.every((value) => Array.isArray(value) && value.length === dimension)) {
      throw wrong(`Nested data of image must be as its shape says, [${shape.join(', ')}]`)
    }
    level = level.flat()
  }
  return level
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
}

function wrong(text: string): Problem {
  return new Problem('bad-request', `${text}.`)
}
