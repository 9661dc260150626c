import type { Mutator } from '../target.js'
import { bytesMutator } from './bytes.js'
import { mutateJson } from './json.js'

/** A request as one input: a line of JSON with its method, address and headers, then its body. */
export interface RequestHead {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export function encodeRequest(head: RequestHead, body: Uint8Array | string = ''): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(body)])
}

const rough = bytesMutator([
  '\r\n',
  '--x',
  '--x--',
  'Content-Disposition: form-data; name="',
  'filename="',
  '"; ',
  '\x04\0\0\0',
])

/** Changes the head or the body of a request, each by what it is. */
export const mutateRequest: Mutator = (input, random, other) => {
  const [head, body] = splitRequest(input)
  const [otherHead, otherBody] = splitRequest(other)
  const line = (changed: Uint8Array) => Buffer.concat([changed, Buffer.from('\n')])
  if (random.next() < 0.3) return Buffer.concat([line(mutateJson(head, random, otherHead)), body])
  const mutateBody = /^\s*[[{]/.test(Buffer.from(body.subarray(0, 10)).toString()) ? mutateJson : rough
  return Buffer.concat([line(head), mutateBody(body, random, otherBody)])
}

export function splitRequest(input: Uint8Array): [head: Uint8Array, body: Uint8Array] {
  const end = input.indexOf(0x0a)
  return end < 0 ? [input, new Uint8Array()] : [input.subarray(0, end), input.subarray(end + 1)]
}
