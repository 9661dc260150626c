/**
 * How far the features of two machines are apart: compares two files of `extend features DIR --out FILE`, made of the
 * same pictures.
 *
 *     node dist/torture/determinism/compare-parts.js ONE.safetensors OTHER.safetensors
 *
 * Another processor can be had by emulation: `qemu-x86_64 -cpu Haswell node dist/src/program/start.js features …` has
 * AVX2 and nothing later, `-cpu Nehalem` no AVX at all.
 */
import { readPart } from '../../src/bundle/part-file.js'
import type { Bottleneck, BottleneckStore } from '../../src/features/store.js'

const [one, other] = await Promise.all(process.argv.slice(2).map(entriesOf))
const keys = [...one!.keys()].filter((key) => other!.has(key))
if (keys.length === 0) throw new Error('the files have no view in common')
for (const name of ['features', 'logits'] as const) {
  let largest = 0
  let differing = 0
  let numbers = 0
  for (const key of keys) {
    const values = other!.get(key)![name]
    one!.get(key)![name].forEach((value, i) => {
      const difference = Math.abs(value - values[i]!)
      largest = Math.max(largest, difference)
      if (difference > 0) differing++
      numbers++
    })
  }
  console.log(`${name} of ${keys.length} views: ${differing} of ${numbers} numbers differ, by ${largest} at the most`)
}

async function entriesOf(file: string): Promise<Map<string, Bottleneck>> {
  const entries = new Map<string, Bottleneck>()
  const store: Pick<BottleneckStore, 'has' | 'putAll'> = {
    has: (key) => entries.has(key),
    putAll(added) {
      for (const [key, bottleneck] of added) entries.set(key, bottleneck)
    },
  }
  await readPart(file, store as BottleneckStore)
  return entries
}
