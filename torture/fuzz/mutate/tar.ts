import { nastyNames } from '../../../test/support/nasty-names.js'
import type { Mutator } from '../target.js'
import { bytesMutator, pick } from './bytes.js'

const rough = bytesMutator([
  'ustar\0',
  '00',
  'GNU.sparse.name=',
  '17 path=../../forged\n',
  '././@LongLink',
  '\x80\0\0\0',
])
const block = 512

/** Places and lengths of a header's fields: name, mode, size, type, target of a link, mark, prefix. */
const fields = [
  [0, 100],
  [100, 8],
  [124, 12],
  [156, 1],
  [157, 100],
  [257, 8],
  [345, 155],
] as const
const contents = ['', '0', '1', '2', '3', '4', '5', '6', '7', 'g', 'x', 'L', 'K', 'S', 'V', '77777777777', '-1', '\x80']

/** Changes a field of a header and mends its checksum; now and then bytes. */
export const mutateTar: Mutator = (input, random, other) => {
  if (random.next() < 0.3 || input.length < block) return rough(input, random, other)
  const changed = Buffer.from(input)
  const header = changed.subarray(block * random.integer(Math.floor(input.length / block))).subarray(0, block)
  const [at, length] = pick(fields, random)
  const content = Buffer.from(pick(random.next() < 0.5 ? contents : nastyNames, random))
  header.fill(0, at, at + length)
  content.copy(header, at, 0, length)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return changed
}
