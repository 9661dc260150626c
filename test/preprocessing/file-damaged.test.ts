import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, type Random } from '../../src/math/random.js'
import { changed, cloneModel, encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { mobilenetV2, squeezenet } from '../support/tiny-models/convolutional.js'
import { headModel } from '../support/tiny-models/heads.js'
import { openApart } from '../support/open-apart.js'

const sound: LoadedModel[] = [
  squeezenet().model,
  mobilenetV2().model,
  headModel('QDQ Gemm, a scale for each class').model,
]

/** Ways of damaging a file; each returns the damaged bytes. */
const damages: Record<string, (model: LoadedModel, random: Random) => Uint8Array> = {
  'bytes flipped': (model, random) => {
    const bytes = encodeModel(model)
    for (let flips = 0; flips <= random.integer(8); flips++) bytes[random.integer(bytes.length)] = random.integer(256)
    return bytes
  },
  'file cut': (model, random) => {
    const bytes = encodeModel(model)
    return bytes.subarray(0, random.integer(bytes.length))
  },
  'nodes removed or wired at random, attributes absurd': (model, random) => {
    const damaged = cloneModel(model)
    const nodes = damaged.graph.node
    const any = () => nodes[random.integer(nodes.length)]!
    if (random.integer(2) === 0) nodes.splice(random.integer(nodes.length), 1)
    else any().input[0] = any().output[0]!
    const node = any()
    const absurd = [0n, -1n, 7n, 2n ** 31n]
    node.attribute = node.attribute.map((attribute) =>
      changed(attribute, {
        ints: attribute.ints.map((value) => (random.integer(3) > 0 ? value : absurd[random.integer(4)]!)),
      }),
    )
    return encodeModel(damaged)
  },
}

let folder: string
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'nplusk-'))))
afterAll(() => rm(folder, { recursive: true }))

test.each(Object.entries(damages))(
  'a hundred files with %s: a clear error or a backbone each, at once and in little memory',
  async (_, damage) => {
    const random = createRandom('damaged file')
    const files = Array.from({ length: 100 }, (_, round) => join(folder, `${round}.onnx`))
    for (const [round, file] of files.entries()) await writeFile(file, damage(sound[round % sound.length]!, random))
    const { refused, peakMemory } = await openApart(files, {})
    expect(refused).toBeGreaterThan(10)
    // What a single file took for a moment counts too.
    expect(peakMemory).toBeLessThan(2e6)
  },
)
