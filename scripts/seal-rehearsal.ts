/**
 * Seals rehearsal packs of earlier versions: appends the tensor `sha256`, and leaves the others as they are, byte for
 * byte.
 *
 *     npm run build && node dist/scripts/seal-rehearsal.js FILE…
 */
import { readFile } from 'node:fs/promises'
import { decodeTensors, encodeTensors } from '../src/bundle/seals/sealed-tensors.js'
import { writeFileAtomic } from '../src/core/atomic-write.js'

const files = process.argv.slice(2)
if (files.length === 0) throw new Error('usage: node dist/scripts/seal-rehearsal.js FILE…')

for (const file of files) {
  const { tensors, metadata, isSealed } = decodeTensors(await readFile(file), file)
  if (!isSealed) await writeFileAtomic(file, encodeTensors(tensors, metadata))
  console.log(`${file}: ${isSealed ? 'was sealed already' : 'sealed'}`)
}
