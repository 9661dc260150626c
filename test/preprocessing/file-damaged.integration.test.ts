import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, type Random } from '../../src/math/random.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { openApart } from '../support/open-apart.js'

const folder = '../shared/models'
const isHere = existsSync(folder)
const title = isHere ? 'a published classifier' : `a published classifier (skipped: ${folder} is not here)`

/** The smallest one: a hundred copies of it are checked in seconds. */
const name = 'squeezenet_fp16_winml.onnx'

/** Ways of damaging a file; each returns the damaged bytes. */
const damages: Record<string, (bytes: Uint8Array, random: Random) => Uint8Array> = {
  'bytes flipped': (bytes, random) => {
    const damaged = bytes.slice()
    // Anywhere, which mostly hits weights, and at the two ends, which hold the structure.
    for (let flips = 0; flips < 8; flips++) {
      const at = random.integer(flips % 2 === 0 ? bytes.length : 10_000)
      damaged[random.integer(2) === 0 ? at : bytes.length - 1 - at] = random.integer(256)
    }
    return damaged
  },
  'file cut': (bytes, random) => bytes.slice(0, random.integer(bytes.length)),
  'nodes removed': (bytes, random) => {
    const model = decodeModel(bytes)
    const { node } = model.graph
    for (let count = random.integer(3); count >= 0; count--) node.splice(random.integer(node.length), 1)
    return encodeModel(model)
  },
}

let work: string
beforeAll(async () => (work = await mkdtemp(join(tmpdir(), 'nplusk-'))))
afterAll(() => rm(work, { recursive: true }))

describe(title, () => {
  ;(isHere ? test : test.skip).each(Object.entries(damages))(
    'a hundred copies with %s: a clear error or a backbone each, none over 10 s or 2 GB',
    async (kind, damage) => {
      const bytes = new Uint8Array(readFileSync(join(folder, name)))
      const random = createRandom(kind)
      // Given as options: trying conventions is another matter, and takes seconds where the file is intact.
      const input = { mean: [104, 117, 123], std: [1, 1, 1], channels: 'BGR' } as const
      const files = Array.from({ length: 100 }, (_, i) => join(work, `${i}.onnx`))
      for (const file of files) await writeFile(file, damage(bytes, random))
      const { refused, peakMemory } = await openApart(files, { input })
      expect(refused).toBeGreaterThan(20)
      expect(peakMemory).toBeLessThan(2e6)
    },
  )
})
