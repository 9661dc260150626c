import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import type { ImageResult } from '../../src/answers/answering.js'
import { fixtures, openWorkplace, temporaryFilesIn, type Workplace } from '../end-to-end/workplace.js'
import { openSession } from '../../src/runtime/session.js'
import { hasBrowser, openBrowser, skipReason } from '../support/browser.js'
import { drop, serveFolder, watch } from '../page/page-at-work.js'
import { noise } from './tiny-export.js'
import { webLogits } from './run-web.js'

const pipelineScript = fileURLToPath(new URL('./transformers-alone.js', import.meta.url))
const flowers = ['bluebell', 'poppy', 'water-lily'].map((name) => join(fixtures, 'flowers-test', name, '01.jpg'))
const objects = ['banana', 'soccer-ball', 'umbrella'].map((name) => join(fixtures, 'objects', `${name}.jpg`))
const photographs = ['imagenet-test', 'imagenet-1-per-class', 'flowers/val'].map((name) => join('../shared/data', name))
const models = '../shared/models'
const tolerance = 1e-3

let place: Workplace

beforeAll(async () => {
  place = openWorkplace()
  await place.json(['--add', place.flowers('flowers', { bluebell: 6, poppy: 6, 'water-lily': 6 })])
})

afterAll(() => place.remove())

/** The labels of the top five predictions. */
async function predicted(images: readonly string[]): Promise<string[][]> {
  const { stdout } = await place.run(['predict', ...images, '--json', '--quiet'])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Extract<ImageResult, { predictions: unknown }>)
    .map(({ predictions }) => predictions.map(({ label }) => label))
}

describe('a file', () => {
  test.each(['uint8', 'float'])(
    "with input %s gives the bundle's logits, in a browser's runtime as well",
    async (kind) => {
      const file = place.path(`${kind}.onnx`)
      const result = await place.json<{ input: { name: string } }>([
        'export',
        '--format',
        'onnx',
        '--out',
        file,
        '--input',
        kind,
      ])
      const { pixels, floats } = noise(299, 299)
      const input = kind === 'uint8' ? pixels : floats
      const expected = await logitsIn(place.path('extended', 'model.onnx'), 'image', pixels)
      const [inBrowser] = webLogits([{ model: readFileSync(file), name: result.input.name, input }])
      expect(largestDifference(expected, await logitsIn(file, result.input.name, input))).toBe(0)
      expect(largestDifference(expected, inBrowser!)).toBeLessThan(tolerance)
    },
  )

  test('takes the place of an earlier export, not of another file or of the bundle', async () => {
    const file = place.path('uint8.onnx')
    await place.json(['export', '--format', 'onnx', '--out', file])
    const bundled = await place.run(['export', '--format', 'onnx', '--out', place.path('extended', 'model.onnx')])
    expect(bundled).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/was not exported by nplusk; choose another --out\.\n$/),
    })
    const folder = await place.run(['export', '--format', 'web', '--out', place.path('flowers')])
    expect(folder).toMatchObject({ code: 1, stderr: expect.stringMatching(/holds files that nplusk did not export/) })
    expect(await predicted([objects[0]!])).toEqual([expect.arrayContaining(['banana'])])
  })

  test('of a published model', async () => {
    const base = resolve(models, 'squeezenet1.1_onnxzoo_fp32.onnx')
    if (!existsSync(base)) return console.log(`skipped: ${base} is not here`)
    await place.run(['--add', place.path('flowers'), '--model', base, '--rehearsal', 'none', '--out', 'squeeze'])
    const { input } = await place.json<{ input: { name: string } }>([
      'export',
      '--format',
      'onnx',
      '--model',
      'squeeze',
      '--input',
      'float',
    ])
    const { pixels, floats } = noise(224, 224)
    const expected = await logitsIn(place.path('squeeze', 'model.onnx'), 'image', pixels)
    const file = place.path('squeeze.onnx')
    const [inBrowser] = webLogits([{ model: readFileSync(file), name: input.name, input: floats }])
    expect(largestDifference(expected, await logitsIn(file, input.name, floats))).toBeLessThan(tolerance)
    expect(largestDifference(expected, inBrowser!)).toBeLessThan(tolerance)
  })
})

test("a folder for @huggingface/transformers gives predict's five best answers in its pipeline", async () => {
  await place.json(['export', '--format', 'transformers'])
  // Images of the model's own size, smaller and larger.
  const images = [...objects, ...flowers, ...photographs.flatMap((folder) => firstImages(folder, 12))].map((name) =>
    resolve(name),
  )
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    pipelineScript,
    place.path('extended-transformers'),
    ...images,
  ])
  expect(stderr).toBe('')
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { label: string }[]).map(({ label }) => label))
  expect(answers).toEqual(await predicted(images))
})

/** The first images of a folder and its subfolders; none where it is missing. */
function firstImages(folder: string, count: number): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg'))
  return names
    .sort()
    .slice(0, count)
    .map((name) => join(folder, name))
}

test('a model of a repository for Triton lies beside others', async () => {
  const { out } = await place.json<{ out: string }>(['export', '--format', 'triton', '--out', 'models'])
  expect(out).toBe(join('models', 'extended'))
  expect(readdirSync(place.path('models', 'extended')).sort()).toEqual([
    '1',
    'config.pbtxt',
    'labels.txt',
    'nplusk.json',
  ])
  expect(readFileSync(place.path('models', 'extended', 'labels.txt'), 'utf8').split('\n')).toHaveLength(1004)
})

test('an input that the format does not take is wrong usage', async () => {
  const { code, stderr } = await place.run(['export', '--format', 'web', '--input', 'float'])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'extend: The format web always takes uint8 input; leave --input out.\n',
  })
  expect(temporaryFilesIn(place.folder)).toEqual([])
})

const inBrowser = hasBrowser ? test : test.skip
inBrowser(`a web page answers as predict does, chosen or dropped, and asks nobody else${skipReason}`, async () => {
  await place.json(['export', '--format', 'web'])
  const wide = await sideBySide(objects, place.path('wide.jpg'))
  const expected = (await predicted([objects[0]!, flowers[1]!, wide])).map(([best]) => best)
  expect(expected[2]).toBe('soccer ball')
  const { url, close } = await serveFolder(place.path('extended-web'))
  const chrome = await openBrowser()
  try {
    const page = await chrome.newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const problems = watch(page, url)
    await page.goto(url)
    const best = (name: string) => page.getByRole('article', { name }).locator('.label').first()
    const chooser = page.locator('#look input[type=file]').first()
    await chooser.setInputFiles(objects[0]!)
    await best('banana.jpg').waitFor({ timeout: 120_000 })
    expect(await best('banana.jpg').textContent()).toBe(expected[0])
    expect(await page.locator('#answers li').count()).toBe(5)

    await drop(page, 'flower.jpg', readFileSync(flowers[1]!))
    await best('flower.jpg').waitFor({ timeout: 120_000 })
    expect(await best('flower.jpg').textContent()).toBe(expected[1])

    await chooser.setInputFiles(wide)
    await best('wide.jpg').waitFor({ timeout: 120_000 })
    expect(await best('wide.jpg').textContent()).toBe(expected[2])

    expect(problems).toEqual([])
    expect(asked).toEqual(expect.arrayContaining([`${url}classifier.onnx`]))
  } finally {
    await chrome.close()
    await close()
  }
})

/** An image far larger than the model's input, of which only the middle is seen. */
async function sideBySide(images: readonly string[], to: string): Promise<string> {
  const side = 2600
  const enlarged = images.map(async (image, i) => ({
    input: await sharp(image).resize(side, side, { fit: 'fill' }).toBuffer(),
    left: i * side,
    top: 0,
  }))
  await sharp({ create: { width: images.length * side, height: side, channels: 3, background: 'white' } })
    .composite(await Promise.all(enlarged))
    .toFile(to)
  return to
}

async function logitsIn(file: string, name: string, input: Parameters<typeof webLogits>[0][number]['input']) {
  const session = await openSession(file)
  try {
    return (await session.run({ [name]: input }, ['logits'])).logits!.data as Float32Array
  } finally {
    await session.close()
  }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a).toHaveLength(b.length)
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)))
}
