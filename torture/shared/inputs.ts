import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { createRandom } from '../../src/math/random.js'
import { side, writeLayeredClassifier } from '../../test/support/tiny-classifier-file.js'

/** Files that commands read and none changes. */
export interface Inputs {
  /** A classifier of three classes that has layers to choose from, and whose run takes no time. */
  readonly model: string
  /** Folders of pictures by class: `one` of a and b, `two` of c and d, `more` of a, `old` of none that is added. */
  readonly one: string
  readonly two: string
  readonly more: string
  readonly old: string
}

/** Options with which the classifier is extended without looking for anything. */
export const asItIs = ['--rehearsal', 'none', '--mean', '0', '--std', '1', '--channels', 'RGB']

const sets = { one: ['a', 'b'], two: ['c', 'd'], more: ['a'], old: ['e'] }

export async function makeInputs(folder: string): Promise<Inputs> {
  writeLayeredClassifier(join(folder, 'net.onnx'), 3)
  for (const [set, classes] of Object.entries(sets)) {
    for (const label of classes) await drawClass(join(folder, set, label), `${set}:${label}`)
  }
  const at = (name: string) => join(folder, name)
  return { model: at('net.onnx'), one: at('one'), two: at('two'), more: at('more'), old: at('old') }
}

/** Six pictures of one colour, with noise. */
async function drawClass(folder: string, seed: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const random = createRandom(seed)
  const colour = [0, 1, 2].map(() => random.integer(200))
  for (let i = 0; i < 6; i++) {
    const pixels = Uint8Array.from({ length: 3 * side * side }, (_, k) => colour[k % 3]! + random.integer(50))
    const picture = sharp(pixels, { raw: { width: side, height: side, channels: 3 } }).png()
    await writeFile(join(folder, `${i}.png`), await picture.toBuffer())
  }
}
