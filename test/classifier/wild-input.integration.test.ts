import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile, copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { readBundle } from '../../src/bundle/bundle.js'
import { loadImage } from '../../src/image/decode.js'
import { listImages } from '../../src/folders/folder.js'
import { decodeModel } from '../../src/onnx/model.js'
import { trueInputs } from '../../src/onnx/graph.js'
import { openSession } from '../../src/runtime/session.js'
import { extendModel, type ExtendResult } from '../../src/workflow/extend.js'

const wild = '../shared/models/wild'
const flowers = '../shared/data/flowers'
const photographs = '../shared/data/imagenet-1-per-class'
const isHere = [wild, flowers, photographs].every(existsSync)
const testHere = isHere ? test : test.skip

/** What `wild/README.md` documents. */
interface Wild {
  readonly side: number
  /** One pixel's values as the original graph wants them, in its order, in float32. */
  readonly values: (rgb: Uint8Array) => number[]
  readonly convention: string
}

const round = Math.fround
const wilds: Readonly<Record<string, Wild>> = {
  '01-one-channel/mnist.onnx': {
    side: 28,
    // Pillow's convert('L').
    values: ([r, g, b]) => [(r! * 19595 + g! * 38470 + b! * 7471 + 0x8000) >> 16],
    convention: '0..255',
  },
  '10-gtsrb-wrong-convention/model.onnx': {
    side: 32,
    values: (rgb) => Array.from(rgb, (value) => round(value * round(1 / 255))),
    convention: '0..1',
  },
  '29-two-class-1000se/model.onnx': {
    side: 64,
    values: (rgb) =>
      Array.from(rgb, (value, c) => {
        const [mean, std] = [[0.485, 0.456, 0.406][c]!, [0.229, 0.224, 0.225][c]!]
        return round(round(round(value * round(1 / 255)) - round(mean)) / round(std))
      }),
    convention: 'ImageNet mean and std',
  },
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nplusk-'))
  if (!isHere) return
  for (const label of ['roses', 'tulips']) {
    await mkdir(join(folder, 'flowers', label), { recursive: true })
    for (const file of (await listImages(join(flowers, 'train', label))).slice(0, 12)) {
      await copyFile(file, join(folder, 'flowers', label, basename(file)))
    }
  }
  await mkdir(join(folder, 'old'))
  for (const file of (await listImages(photographs)).slice(0, 40)) {
    await copyFile(file, join(folder, 'old', basename(file)))
  }
})
afterAll(() => rm(folder, { recursive: true }))

const title = 'classifiers as people publish them'
describe(isHere ? title : `${title} (skipped: ${wild} or the photographs are not here)`, () => {
  testHere.each(Object.entries(wilds))(
    '%s: --add finds what is documented or says that it is not sure, and keeps every old logit',
    async (name, { side, values, convention }) => {
      const file = join(wild, name)
      const out = join(folder, basename(join(name, '..')))
      const options = {
        model: file,
        out,
        add: [join(folder, 'flowers')],
        rehearsal: join(folder, 'old'),
        device: 'cpu' as const,
      }
      const added = await extendModel({ ...options, cacheDir: join(folder, 'cache') })
      const { preprocess } = added
      expect(preprocess).toMatchObject({ width: side, height: side, resize: 'squash', cropFraction: 1 })
      expect(preprocess.evidence).not.toBe('')
      expect(guessed(added)).toBe(!preprocess.sure)
      // On pictures of other things nothing can be sure but what the file says itself.
      expect(preprocess.sure).toBe(preprocess.source === 'metadata')
      expect(preprocess.convention).toBe(convention)

      const original = await openSession(file)
      const bundle = await readBundle(out)
      expect(bundle.manifest.base.input).toMatchObject({ convention, source: preprocess.source })
      const extended = await openSession(await bundle.model())
      try {
        const declared = decodeModel(readFileSync(file)).graph
        const [input] = trueInputs(declared)
        const output = declared.output[0]!.name
        for (const picture of (await listImages(join(folder, 'old'))).slice(0, 12)) {
          const pixels = await loadImage(picture, bundle.manifest.preprocess)
          const planes = Array.from({ length: side * side }, (_, i) => values(pixels.subarray(3 * i, 3 * i + 3)))
          const data = Float32Array.from(planes[0]!.flatMap((_, c) => planes.map((pixel) => pixel[c]!)))
          const dims = [1, planes[0]!.length, side, side]
          const expected = (await original.run({ [input!.name]: { dims, data } }, [output]))[output]!.data
          const image = { dims: [1, side, side, 3], data: pixels }
          const { logits } = await extended.run({ image }, ['logits'])
          expect([...(logits!.data as Float32Array)].slice(0, expected.length)).toEqual([...(expected as Float32Array)])
        }
      } finally {
        await original.close()
        await extended.close()
      }
    },
  )

  testHere('labels beside a model are the old classes of the bundle', async () => {
    const model = join(folder, 'digits.onnx')
    await copyFile(join(wild, '01-one-channel/mnist.onnx'), model)
    await writeFile(join(folder, 'labels.json'), JSON.stringify(Array.from('0123456789', (digit) => `digit ${digit}`)))
    const out = join(folder, 'digits')
    await extendModel({
      model,
      out,
      add: [join(folder, 'flowers')],
      rehearsal: 'none',
      cacheDir: join(folder, 'cache'),
    })
    const { manifest } = await readBundle(out)
    expect(manifest.base.classes.map(({ label }) => label)).toEqual(Array.from('0123456789', (d) => `digit ${d}`))
  })
})

function guessed({ warnings }: ExtendResult): boolean {
  return warnings.some((message) => message.includes('it is not sure, and if it is wrong every answer will be'))
}
