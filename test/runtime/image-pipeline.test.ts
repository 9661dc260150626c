import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { plainView, type View } from '../../src/image/types.js'
import { graphModel, node, valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType, int64Tensor } from '../../src/onnx/tensor.js'
import { runImages } from '../../src/runtime/image-pipeline.js'
import type { ImageGraph } from '../../src/runtime/run-views.js'
import type { Session } from '../../src/runtime/session.js'
import { openWorkerSession } from '../../src/runtime/worker-session.js'
import { asIs, encoder, paint } from '../image/pictures.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const size = { width: 4, height: 3 }
const folder = temporaryFolder()
let session: Session
let batches: number[]
let graph: ImageGraph

beforeEach(async () => {
  session = await openWorkerSession(redOfFirstPixel())
  batches = []
  graph = graphOn('cpu')
})
afterEach(() => session.close())

/** first [n, 1]: red of the pixel in the upper left corner. */
function redOfFirstPixel(): Uint8Array {
  return encodeModel(
    graphModel({
      name: 'red',
      opset: 17,
      inputs: [valueInfo('image', DataType.UINT8, ['n', size.height, size.width, 3])],
      outputs: [valueInfo('first', DataType.FLOAT, ['n', 1])],
      nodes: [
        node('Cast', ['image'], 'float', { to: DataType.FLOAT }),
        node('Flatten', ['float'], 'flat'),
        node('Slice', ['flat', 'from', 'to', 'axis'], 'first'),
      ],
      initializers: [int64Tensor('from', [1], [0]), int64Tensor('to', [1], [1]), int64Tensor('axis', [1], [1])],
    }),
  )
}

function graphOn(provider: Session['provider']): ImageGraph {
  const counting: Session = {
    provider,
    run(inputs, outputs) {
      batches.push(inputs['image']!.dims[0]!)
      return session.run(inputs, outputs)
    },
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  }
  return { session: counting, preprocess: asIs(size), input: 'image', outputs: ['first'] }
}

async function picture(red: number) {
  const file = join(folder(), `${red}.png`)
  await encoder(paint(size.width, size.height, () => [red, 0, 0]))
    .png()
    .toFile(file)
  return { file, views: [plainView], red }
}

const pictures = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => picture(i + 1)))

async function answers(
  images: Parameters<typeof runImages<Awaited<ReturnType<typeof picture>>>>[1],
  patience?: number,
) {
  const list: (number | string)[] = []
  for await (const result of runImages(graph, images, { patience })) {
    list.push('error' in result ? String(result.error) : result.views[0]!['first']![0]!)
  }
  return list
}

describe('runImages', () => {
  test('answers in order, in whole batches but for the last', async () => {
    expect(await answers(await pictures(19))).toEqual(Array.from({ length: 19 }, (_, i) => i + 1))
    expect(batches).toEqual([8, 8, 3])
  })

  test('fills the last batch up where a new shape is dear', async () => {
    graph = graphOn('cuda')
    expect(await answers(await pictures(35))).toEqual(Array.from({ length: 35 }, (_, i) => i + 1))
    expect(batches).toEqual([32, 32])
  })

  test('an image that cannot be decoded stands in its place with the reason', async () => {
    const images = await pictures(3)
    await writeFile(images[1]!.file, 'no picture')
    expect(await answers(images)).toEqual([1, expect.stringContaining(images[1]!.file), 3])
  })

  test('an image may be content as well as a file, and errors call it by its name', async () => {
    const [one, two] = await pictures(2)
    const bytes = await readFile(one!.file)
    const images = [
      { ...one!, file: 'a.tar/1.png', bytes },
      two!,
      { ...one!, file: 'a.tar/cut.png', bytes: bytes.subarray(0, 20) },
    ]
    expect(await answers(images)).toEqual([1, 2, expect.stringContaining('Cannot use "a.tar/cut.png": it is damaged')])
  })

  test('does not wait for more images longer than its patience', async () => {
    const [one, two] = await pictures(2)
    let answered = 0
    let come = (): void => undefined
    const answer = new Promise<void>((resolve) => (come = resolve))
    async function* slow() {
      yield one!
      await answer
      yield two!
    }
    for await (const result of runImages(graph, slow(), { patience: 20 })) {
      expect(result).toMatchObject({ image: { red: ++answered } })
      come()
    }
    expect(batches).toEqual([1, 1])
  })

  test('looks ahead by views, not by images: many views of one do not pile up', async () => {
    const images = (await pictures(40)).map((image) => ({ ...image, views: new Array(8).fill(plainView) as View[] }))
    let taken = 0
    function* counted() {
      for (const image of images) {
        taken++
        yield image
      }
    }
    const results = runImages(graph, counted(), {})
    expect(await results.next()).toMatchObject({ value: { views: { length: 8 } } })
    // Two batches decoded, two in the session, one being collected, and one image already started.
    expect(taken).toBeLessThanOrEqual(6)
    await results.return()
  })

  test('stops between two images', async () => {
    const controller = new AbortController()
    const results = runImages(graph, await pictures(30), { signal: controller.signal })
    await results.next()
    controller.abort()
    await expect(results.next()).rejects.toMatchObject({ code: 'ABORTED' })
    expect(batches.length).toBeLessThan(4)
  })

  test('passes on what the session throws', async () => {
    await session.close()
    await expect(answers(await pictures(1))).rejects.toMatchObject({ code: 'BAD_MODEL' })
  })
})

test('contents at hand are taken in as long as they fit into some memory, and kept no longer than needed', async () => {
  const { file, views } = await picture(7)
  const content = await readFile(file)
  const padded = function* () {
    for (let i = 0; i < 24; i++) yield { file: 'a.png', views, bytes: Buffer.concat([content], 50 * 2 ** 20) }
  }
  const before = process.memoryUsage().rss
  let most = 0
  for await (const result of runImages(graph, padded(), {})) {
    expect(result).toHaveProperty('views')
    most = Math.max(most, process.memoryUsage().rss - before)
  }
  // All of them together are 1.2 GiB.
  expect(most / 2 ** 20).toBeLessThan(900)
})
