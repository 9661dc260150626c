import type { Mutator } from '../target.js'
import { bytesMutator } from './bytes.js'
import { mutateJson } from './json.js'

const rough = bytesMutator(['F16', 'F32', 'U8', 'I32', 'BF16', '__metadata__', 'data_offsets', 'shape'])

/** Changes the JSON header of a safetensors file and mends its length; now and then bytes. */
export const mutateSafetensors: Mutator = (input, random, other) => {
  const [header, otherHeader] = [headerOf(input), headerOf(other)]
  if (header === undefined || random.next() < 0.2) return rough(input, random, other)
  const changed = mutateJson(header, random, otherHeader ?? header)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(changed.length))
  return Buffer.concat([length, changed, input.subarray(8 + header.length)])
}

function headerOf(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 8) return undefined
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  return length <= bytes.length - 8 ? bytes.subarray(8, 8 + length) : undefined
}
