import { Problem } from '../problems.js'
import type { Body } from './body.js'

/** An inference request whose form has been checked; whether a model can answer it has not. */
export interface InferRequest {
  readonly id: string | undefined
  readonly inputs: readonly InputTensor[]
  /** `undefined` or empty: every output that the model has. */
  readonly outputs: readonly RequestedOutput[] | undefined
  /** Whether outputs that do not say it themselves are returned as bytes. */
  readonly binaryOutputs: boolean
}

export interface InputTensor {
  readonly name: string
  readonly datatype: string
  /** Each dimension is an integer of at least 0. */
  readonly shape: readonly number[]
  /** Values from JSON, flat or nested as the shape has it; or bytes in row-major order. */
  readonly data: readonly unknown[] | Uint8Array
}

export interface RequestedOutput {
  readonly name: string
  readonly binary: boolean
  /** How many of the best classes are to be returned in place of all numbers (Triton's classification extension). */
  readonly classification: number | undefined
}

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Checks the form of an inference request, and gives each tensor its bytes.
 *
 * @throws Problem `bad-request` naming the field that is wrong
 */
export function checkRequest({ json, binary }: Body): InferRequest {
  if (!isObject(json)) throw wrong('The request', 'must be a JSON object')
  const { id, parameters } = json
  if (id !== undefined && typeof id !== 'string') throw wrong('id', 'must be a string')
  const binaryOutputs = booleanOf(objectOf(parameters, 'parameters'), 'binary_data_output', 'parameters') ?? false
  let begin = 0
  const inputs = arrayOf(json['inputs'], 'inputs').map((value, i) => {
    const input = checkInput(value, `inputs[${i}]`, binary.subarray(begin))
    if (input.data instanceof Uint8Array) begin += input.data.length
    return input
  })
  if (begin < binary.length) {
    const rest = binary.length - begin
    throw wrong('binary_data_size', `of all inputs leaves ${rest} bytes of the body over, and must account for all`)
  }
  const outputs =
    json['outputs'] === undefined
      ? undefined
      : arrayOf(json['outputs'], 'outputs').map((value, i) => checkOutput(value, `outputs[${i}]`, binaryOutputs))
  return { id, inputs, outputs, binaryOutputs }
}

/** @param rest the bytes that no earlier input has taken */
function checkInput(value: unknown, where: string, rest: Uint8Array): InputTensor {
  if (!isObject(value)) throw wrong(where, 'must be an object')
  const { name, datatype, shape, data } = value
  if (typeof name !== 'string') throw wrong(`${where}.name`, 'must be a string')
  if (typeof datatype !== 'string') throw wrong(`${where}.datatype`, 'must be a string')
  if (!isShape(shape)) throw wrong(`${where}.shape`, 'must be an array of integers of at least 0')
  const parameters = objectOf(value['parameters'], `${where}.parameters`)
  if (parameters['shared_memory_region'] !== undefined) {
    throw wrong(where, 'refers to shared memory, which this server does not offer; send the data itself')
  }
  const size = parameters['binary_data_size']
  if ((data === undefined) === (size === undefined)) {
    throw wrong(where, 'must have either data or the parameter binary_data_size')
  }
  if (size === undefined) return { name, datatype, shape, data: arrayOf(data, `${where}.data`) }
  if (!isCount(size) || size > rest.length) {
    const here = `${where}.parameters.binary_data_size`
    throw wrong(here, `must be a number of bytes, of which the body has ${rest.length} left`)
  }
  return { name, datatype, shape, data: rest.subarray(0, size) }
}

function checkOutput(value: unknown, where: string, binaryOutputs: boolean): RequestedOutput {
  if (!isObject(value)) throw wrong(where, 'must be an object')
  const { name } = value
  if (typeof name !== 'string') throw wrong(`${where}.name`, 'must be a string')
  const parameters = objectOf(value['parameters'], `${where}.parameters`)
  if (parameters['shared_memory_region'] !== undefined) {
    throw wrong(where, 'refers to shared memory, which this server does not offer; take the data itself')
  }
  const { classification } = parameters
  if (classification !== undefined && (!isCount(classification) || classification === 0)) {
    throw wrong(`${where}.parameters.classification`, 'must be a number of classes')
  }
  const binary = booleanOf(parameters, 'binary_data', `${where}.parameters`) ?? binaryOutputs
  return { name, binary, classification }
}

function objectOf(value: unknown, where: string): JsonObject {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw wrong(where, 'must be an object')
  return value
}

function arrayOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(where, 'must be an array')
  return value
}

function booleanOf(parameters: JsonObject, name: string, where: string): boolean | undefined {
  const value = parameters[name]
  if (value !== undefined && typeof value !== 'boolean') throw wrong(`${where}.${name}`, 'must be true or false')
  return value
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function wrong(what: string, must: string): Problem {
  return new Problem('bad-request', `${what} ${must}.`)
}
