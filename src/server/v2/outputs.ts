import { tensorNames } from '../../backbone/tensor-names.js'
import { argMax, topK } from '../../math/softmax.js'
import type { Label } from '../../bundle/manifest.js'
import type { Scores } from '../models/served-models.js'
import { Problem } from '../problems.js'
import type { InferRequest, RequestedOutput } from './request.js'

/** A tensor of the answer; how it is written is `binary`. */
export type OutputTensor = {
  readonly name: string
  readonly shape: readonly number[]
  readonly binary: boolean
} & (
  | { readonly datatype: 'FP32'; readonly data: Float32Array }
  | { readonly datatype: 'BYTES'; readonly data: readonly string[] }
)

/** Names of the outputs that every model here has, in the order in which they are returned. */
export const outputNames = [tensorNames.probabilities, tensorNames.logits, 'label'] as const

/**
 * The outputs that a request wants.
 *
 * @throws Problem `bad-request` for one that there is not, that comes twice, or that cannot be had as asked
 */
export function wantedOutputs({ outputs, binaryOutputs }: InferRequest): readonly RequestedOutput[] {
  if (outputs === undefined || outputs.length === 0) {
    return outputNames.map((name) => ({ name, binary: binaryOutputs, classification: undefined }))
  }
  outputs.forEach(({ name, classification }, i) => {
    if (!outputNames.some((known) => known === name)) {
      throw wrong(`outputs[${i}] must be one of the model's outputs: ${outputNames.join(', ')}`)
    }
    if (outputs.findIndex((other) => other.name === name) < i) throw wrong(`outputs[${i}] is ${name} a second time`)
    if (classification !== undefined && name === 'label') {
      throw wrong('The best classes (parameter classification) are of probabilities or logits, not of label')
    }
  })
  return outputs
}

/** Makes one tensor of the scores of all pictures. */
export function outputTensor(
  { name, binary, classification }: RequestedOutput,
  scores: readonly Scores[],
  labels: readonly Label[],
): OutputTensor {
  if (name === 'label') {
    const data = scores.map(({ probabilities }) => labels[argMax(probabilities)]!.label)
    return { name, binary, datatype: 'BYTES', shape: [scores.length], data }
  }
  const rows = scores.map((score) => (name === tensorNames.logits ? score.logits : score.probabilities))
  if (classification !== undefined) {
    const count = Math.min(classification, labels.length)
    const data = rows.flatMap((row) => topK(row, count).map((i) => `${inDigits(row[i]!)}:${i}:${labels[i]!.label}`))
    return { name, binary, datatype: 'BYTES', shape: [rows.length, count], data }
  }
  const data = new Float32Array(rows.length * labels.length)
  rows.forEach((row, i) => data.set(row, i * labels.length))
  return { name, binary, datatype: 'FP32', shape: [rows.length, labels.length], data }
}

/** Nine digits tell any float32 from all others. */
function inDigits(value: number): string {
  return String(Number(value.toPrecision(9)))
}

function wrong(text: string): Problem {
  return new Problem('bad-request', `${text}.`)
}
