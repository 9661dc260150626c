import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadClassifier } from '../../src/workflow/classifier.js'
import { suggest } from '../../src/workflow/suggest.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace
let pool: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  const colours = await place.draw('colours', { red: 8, green: 8 })
  await place.add({ add: [colours], rehearsal: 'none' })
  pool = await place.draw('pool', { red: 6, green: 6, blue: 6 })
  copyFileSync(join(colours, 'red', '0.png'), join(pool, 'red', 'trained-on.png'))
  copyFileSync(join(pool, 'green', '0.png'), join(pool, 'green', 'again.png'))
  for (const name of ['broken.png', 'broken too.png']) writeFileSync(join(pool, name), 'no picture')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = () => ({ model: place.path('bundle'), folder: pool, device: 'cpu', cacheDir: place.cacheDir }) as const

describe('suggest', () => {
  test('says what became of every file, and never suggests what the bundle was trained on', async () => {
    const found = await suggest({ ...options(), n: 100 })
    expect(found.counts).toEqual({ given: 22, compared: 18, known: 1, unreadable: 2, duplicate: 1 })
    expect(found.unreadable.map(({ file }) => basename(file)).sort()).toEqual(['broken too.png', 'broken.png'])
    for (const { file, reason } of found.unreadable) expect(reason).toContain(`"${file}"`)
    expect(found.files).toEqual(found.images.map(({ file }) => file))
    expect(new Set(found.files).size).toBe(18)
    expect(found.files.map((file) => basename(file))).not.toContain('trained-on.png')
  })

  test('gives the answer and the unsureness that the probabilities of the bundle have', async () => {
    const { images } = await suggest({ ...options(), n: 5 })
    expect(images).toHaveLength(5)
    const classifier = await loadClassifier({ model: place.path('bundle'), device: 'cpu' })
    try {
      let i = 0
      for await (const result of classifier.classify(images.map(({ file }) => file))) {
        if ('error' in result) throw new Error(result.error)
        const [first, second] = result.predictions
        const { answer, unsureness } = images[i++]!
        expect(unsureness).toBeCloseTo(1 - (first!.probability - second!.probability), 2)
        if (unsureness < 0.98) expect(answer).toMatchObject({ label: first!.label, increment: first!.increment })
      }
    } finally {
      await classifier.close()
    }
  })

  test('copies the images into a new folder, named by rank, and changes nothing else', async () => {
    const copyTo = place.path('next')
    const found = await suggest({ ...options(), n: 12, copyTo })
    expect(readdirSync(copyTo)).toEqual(found.images.map(({ copy }) => basename(copy!)))
    expect(readdirSync(copyTo)[0]).toBe(`01 ${basename(found.files[0]!)}`)
    await expect(suggest({ ...options(), n: 12, copyTo })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('shortens a name that is too long with its rank, and keeps what tells the format', async () => {
    const long = place.path('long')
    mkdirSync(long)
    const names = [`${'a'.repeat(250)}.png`, `${'ü'.repeat(125)}.png`]
    names.forEach((name, i) => copyFileSync(join(pool, 'blue', `${i}.png`), join(long, name)))
    const copyTo = place.path('shortened')
    const { images } = await suggest({ ...options(), folder: long, n: 2, copyTo })
    const expected = images.map(({ file }, i) =>
      basename(file).startsWith('a') ? `${i + 1} ${'a'.repeat(249)}.png` : `${i + 1} ${'ü'.repeat(124)}.png`,
    )
    expect(readdirSync(copyTo)).toEqual(expected)
    expect(images.map(({ copy }) => basename(copy!))).toEqual(expected)
  })

  test('refuses a place for copies in the folder, where they would be suggested the next time', async () => {
    symlinkSync(pool, place.path('link'))
    for (const copyTo of [join(pool, 'new', 'next'), place.path('link', 'next')]) {
      await expect(suggest({ ...options(), n: 2, copyTo })).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(/next lies in .*pool, where the copies would be suggested too\.$/),
      })
    }
    const { images } = await suggest({ ...options(), n: 1, copyTo: place.path('pool next') })
    expect(images).toHaveLength(1)
  })

  test('copies nothing where nothing is left to label', async () => {
    const copyTo = place.path('nothing')
    const { images } = await suggest({ ...options(), folder: place.path('colours'), n: 2, copyTo })
    expect(images).toEqual([])
    expect(existsSync(copyTo)).toBe(false)
  })

  test('is the same every time, and takes a model that nothing was added to', async () => {
    const base = { ...options(), model: place.model, input, n: 4 }
    const first = await suggest(base)
    expect(first.images.every(({ answer }) => answer.increment === 'base')).toBe(true)
    expect(await suggest(base)).toEqual(first)
  })

  test('refuses a number that is none, and a folder without images', async () => {
    await expect(suggest({ ...options(), n: 0 })).rejects.toMatchObject({ code: 'USAGE' })
    mkdirSync(place.path('empty'))
    await expect(suggest({ ...options(), folder: place.path('empty'), n: 3 })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
  })
})
