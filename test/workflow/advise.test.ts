import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Advice } from '../../src/advice/advice.js'
import type { OnProgress } from '../../src/core/progress.js'
import { advise, type AdviseOptions } from '../../src/workflow/advise.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Options = Pick<AdviseOptions, 'folder' | 'classes' | 'test' | 'rehearsal'> & { model?: string }

function adviseOn(options: Options): Promise<Advice> {
  const { model, cacheDir } = place
  return advise({ model, cacheDir, device: 'cpu', ...(options.model === undefined ? { input } : {}), ...options })
}

test('planted faults are found, and every file is accounted for', async () => {
  const set = await place.draw('colours', { red: 12, green: 12, blue: 12 })
  const tested = await place.draw('tested', { red: 3, green: 3 })
  const file = (...names: string[]) => place.path('colours', ...names)
  renameSync(file('red', '3.png'), file('green', 'moved.png'))
  copyFileSync(file('green', '2.png'), file('green', 'copy.png'))
  copyFileSync(file('blue', '1.png'), file('red', 'contradiction.png'))
  copyFileSync(file('blue', '5.png'), place.path('tested', 'red', 'learned.png'))
  writeFileSync(file('blue', 'broken.png'), 'no picture')

  const advice = await adviseOn({ folder: set, test: tested })
  expect(advice.images).toEqual({ given: 39, used: 35, unreadable: 1, duplicate: 3 })
  expect(advice.classes.map(({ label, images, files }) => [label, images, files])).toEqual([
    ['blue', 11, 13],
    ['green', 13, 14],
    ['red', 11, 12],
  ])
  expect(advice.unreadable.map((one) => one.file)).toEqual([file('blue', 'broken.png')])
  expect(advice.duplicates).toEqual([
    {
      files: [file('blue', '5.png'), place.path('tested', 'red', 'learned.png')],
      labels: ['blue', 'red'],
      kind: 'exact',
      test: 1,
      testLabels: 1,
    },
    {
      files: [file('blue', '1.png'), file('red', 'contradiction.png')],
      labels: ['blue', 'red'],
      kind: 'exact',
      test: 0,
    },
    { files: [file('green', '2.png'), file('green', 'copy.png')], labels: ['green'], kind: 'exact', test: 0 },
  ])
  expect(advice.mislabelled[0]).toMatchObject({
    file: file('green', 'moved.png'),
    label: 'green',
    suggested: 'red',
    likely: true,
  })
  expect(advice.mislabelled).toHaveLength(35)
  expect(advice.outliers).toHaveLength(35)
  expect(advice.outliers[0]!.likely).toBe(true)
  expect(advice.advice.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['test-duplicates', 'contradictions', 'labels', 'read-failures']),
  )
})

test('equal files of several classes are a finding, and all else is as without them', async () => {
  const set = await place.draw('both', { red: 20, green: 20 })
  const [right, wrong] = [join(set, 'red', '0.png'), join(set, 'green', 'same.png')]
  renameSync(join(set, 'red', '3.png'), join(set, 'green', 'moved.png'))
  const planted = [
    [right, wrong],
    [right, join(set, 'green', 'again.png')],
  ] as const
  for (const [from, to] of planted) copyFileSync(from, to)
  const given = await adviseOn({ folder: set })
  expect(given.duplicates).toEqual([
    { files: [join(set, 'green', 'again.png'), wrong, right], labels: ['green', 'red'], kind: 'exact', test: 0 },
  ])
  expect(given.images).toEqual({ given: 42, used: 39, unreadable: 0, duplicate: 3 })
  for (const file of planted.flat()) rmSync(file, { force: true })
  const without = await adviseOn({ folder: set })
  const { mislabelled, outliers, similar, overlap, expected, learningCurve, shift } = without
  expect(given).toMatchObject({ mislabelled, outliers, similar, overlap, expected, learningCurve, shift })
  const gainOf = ({ advice }: Advice) => advice.find(({ kind }) => kind === 'labels')!.gain
  expect(gainOf(given)).toEqual(gainOf(without))
  expect(given.classes.map(({ images, top1 }) => [images, top1])).toEqual(
    without.classes.map(({ images, top1 }) => [images, top1]),
  )
})

test('where all pictures lie in several classes, that is what to do', async () => {
  const set = await place.draw('all both', { red: 4 })
  cpSync(join(set, 'red'), join(set, 'green'), { recursive: true })
  const { images, advice, mislabelled, expected } = await adviseOn({ folder: set, test: set })
  expect(images).toEqual({ given: 8, used: 0, unreadable: 0, duplicate: 8 })
  expect(advice.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['contradictions']))
  expect([mislabelled, expected]).toEqual([[], null])
})

test('the same data set gives the same advice, and leaves the folder as it is', async () => {
  const set = await place.draw('twice', { red: 8, green: 8 })
  const before = readdirSync(set, { recursive: true })
  const { seconds: _, ...first } = await adviseOn({ folder: set })
  const { seconds: __, ...second } = await adviseOn({ folder: set })
  expect(second).toEqual(first)
  expect(readdirSync(set, { recursive: true })).toEqual(before)
})

test('classes given by their files get the advice of their folders', async () => {
  const set = await place.draw('listed', { red: 8, green: 8 })
  const filesOf = (label: string) => Array.from({ length: 8 }, (_, i) => join(set, label, `${i}.png`))
  const classes = ['red', 'green'].map((label) => ({ label, files: filesOf(label) }))
  const { seconds: _, folder: __, ...listed } = await adviseOn({ folder: 'a lesson', classes })
  const { seconds: ___, folder: ____, ...inFolder } = await adviseOn({ folder: set })
  expect({ ...listed, advice: listed.advice.map(({ kind }) => kind) }).toEqual({
    ...inFolder,
    advice: inFolder.advice.map(({ kind }) => kind),
  })
})

test('a class that exists is found by name, and by what the classifier answers', async () => {
  const known = await place.draw('known', { red: 10, green: 10 })
  const { bundle: model } = await place.add({ add: [known], out: place.path('bundle') })
  const again = await place.draw('again', { 'class 4': 5, red: 5 })
  for (let i = 0; i < 8; i++)
    copyFileSync(place.path('known', 'green', `${i}.png`), place.path('again', 'class 4', `g${i}.png`))
  const { overlap, classes } = await adviseOn({ folder: again, model })
  expect(classes.find(({ label }) => label === 'red')!.grows).toBe('red')
  expect(overlap).toContainEqual({ label: 'red', existing: 'red', increment: 'known', byName: true, score: null })
  expect(overlap).toContainEqual(expect.objectContaining({ label: 'class 4', increment: 'base', byName: true }))
})

test('what a bundle has already is not held against the same folder', async () => {
  const set = await place.draw('again and again', { red: 10, green: 10 })
  renameSync(place.path('again and again', 'red', '3.png'), place.path('again and again', 'green', 'moved.png'))
  const { bundle: model } = await place.add({ add: [set], out: place.path('added'), rehearsal: 'none' })
  const before = await adviseOn({ folder: set, rehearsal: 'none' })
  const after = await adviseOn({ folder: set, model, rehearsal: 'none' })
  expect(after.mislabelled).toEqual(before.mislabelled)
  expect(after.expected).toEqual(before.expected)
  expect(after.learningCurve).toEqual(before.learningCurve)
  const moved = after.mislabelled.find(({ file }) => file.endsWith('moved.png'))
  expect(moved).toMatchObject({ suggested: 'red', likely: true })
})

test('a single class has no wrong folders, and few images no outliers', async () => {
  const set = await place.draw('one', { red: 4 })
  const advice = await adviseOn({ folder: set })
  expect(advice.mislabelled).toEqual([])
  expect(advice.outliers.every(({ likely }) => !likely)).toBe(true)
  expect(advice.giveaways).toEqual([])
})

test('classes of a picture or two are not accused', async () => {
  const set = await place.draw('single', { red: 1, green: 1, blue: 2 })
  const advice = await adviseOn({ folder: set })
  expect(advice.mislabelled.map(({ score, likely }) => [score, likely])).toEqual(Array(4).fill([0, false]))
  expect(advice.classes.map(({ top1 }) => top1)).toEqual([null, null, null])
  expect(advice.similar).toEqual([])
  expect(advice.advice.map(({ kind }) => kind)).not.toContain('labels')
})

test('the folder itself as the test: every picture is a test duplicate, and nothing is left to compare', async () => {
  const set = await place.draw('tested too', { red: 6, green: 6 })
  for (const test of [set, place.path('copy of it')]) {
    if (test !== set) cpSync(set, test, { recursive: true })
    const advice = await adviseOn({ folder: set, test })
    expect(advice.duplicates).toHaveLength(12)
    expect(advice.duplicates.every((one) => one.test === 1 && one.files.length === 2)).toBe(true)
    expect(advice.advice[0]).toMatchObject({ kind: 'test-duplicates' })
    expect(advice.advice[0]!.message).toMatch(/^12 pictures of the test/)
    expect(advice.test).toBeNull()
    expect(advice.images).toEqual({ given: 12, used: 12, unreadable: 0, duplicate: 0 })
  }
})

test('a class without a readable picture is a finding, and so is a folder without any', async () => {
  const set = await place.draw('broken', { red: 8, green: 8 })
  mkdirSync(place.path('broken', 'blue'))
  for (const name of ['0.png', '1.png']) writeFileSync(place.path('broken', 'blue', name), `no picture ${name}`)
  const advice = await adviseOn({ folder: set })
  expect(advice.classes.find(({ label }) => label === 'blue')).toMatchObject({ images: 0, files: 2, top1: null })
  expect(advice.unreadable).toHaveLength(2)
  expect(advice.mislabelled).toHaveLength(16)
  expect(advice.expected!.top1).toBeGreaterThan(0.5)
  expect(advice.advice.map(({ kind }) => kind)).toContain('few-images')

  for (const label of ['red', 'green']) rmSync(place.path('broken', label), { recursive: true })
  const none = await adviseOn({ folder: set })
  expect(none.images).toEqual({ given: 2, used: 0, unreadable: 2, duplicate: 0 })
  expect(none.expected).toBeNull()
  expect(none.case).toBeNull()
  expect(none.advice.map(({ kind }) => kind)).toEqual(['read-failures'])
  expect(none.advice[0]!.message).toMatch(/nothing to learn from/)
})

test('the learning curve, the test set and the gain of cleaning are measured where there are enough pictures', async () => {
  const set = await place.draw('many', { red: 20, green: 20 })
  const other = await place.draw('other', { red: 12, green: 12 })
  for (let i = 0; i < 2; i++)
    renameSync(place.path('many', 'red', `${i}.png`), place.path('many', 'green', `m${i}.png`))
  const advice = await adviseOn({ folder: set, test: other })
  expect(advice.learningCurve.filter(({ forecast }) => forecast)).toHaveLength(2)
  expect(advice.expected!.low).toBeLessThan(advice.expected!.high)
  // The colours of the test are drawn anew, so that any classifier tells them from those to learn.
  expect(advice.test!.differs).toBe(true)
  expect(advice.test!.telling).toHaveLength(24)
  const step = advice.advice.find(({ kind }) => kind === 'labels')!
  expect(step.gain!.how).toBe('measured')
  expect(Math.abs(step.gain!.top1)).toBeLessThan(0.2)
  expect(advice.advice.at(-1)!.kind).toBe('ready')
})

test('every one of equal files that cannot be read is named, with itself in the reason', async () => {
  const set = await place.draw('broken copies', { red: 4, green: 4 })
  const broken = ['red/a.png', 'red/b.png', 'green/a.png', 'green/b.png'].map((name) => join(set, name))
  for (const file of broken) writeFileSync(file, 'no picture')
  const advice = await adviseOn({ folder: set, test: set })
  expect(advice.images).toEqual({ given: 12, used: 8, unreadable: 4, duplicate: 0 })
  expect(advice.unreadable.map(({ file }) => file).sort()).toEqual(broken.sort())
  for (const { file, reason } of advice.unreadable) expect(reason).toContain(`"${file}"`)
})

test('test pictures beside the class folders are looked at for copies, and named in a warning', async () => {
  const set = await place.draw('learned', { red: 6, green: 6 })
  const tested = await place.draw('met', { red: 4, green: 4 })
  copyFileSync(place.path('learned', 'red', '2.png'), place.path('met', 'loose.png'))
  const advice = await adviseOn({ folder: set, test: tested })
  expect(advice.duplicates).toEqual([
    {
      files: [place.path('learned', 'red', '2.png'), place.path('met', 'loose.png')],
      labels: ['red'],
      kind: 'exact',
      test: 1,
    },
  ])
  expect(advice.test!.images).toEqual([12, 8])
  expect(advice.warnings).toEqual([expect.stringMatching(/^1 of the 9 test pictures .*loose\.png/)])
})

test('a report that cannot be written costs no advice, and a warning says why', async () => {
  const { model, cacheDir } = place
  const set = await place.draw('late', { red: 10, green: 10 })
  const options = { model, cacheDir, device: 'cpu', input, folder: set } as const
  const file = place.path('late.html')
  const onProgress: OnProgress = (event) => {
    // The place of the report becomes a folder once it was checked.
    if (event.type === 'progress') mkdirSync(join(file, 'in it'), { recursive: true })
  }
  const { seconds: _, warnings, unwritten, ...found } = await advise({ ...options, report: { file }, onProgress })
  const { seconds: __, warnings: others, ...plain } = await advise(options)
  expect(unwritten).toEqual(['report'])
  expect(found).toEqual(plain)
  const why = expect.stringMatching(/^The advice is there, but the report failed: Cannot write /)
  expect(warnings).toEqual([...others, why])
})

test('a seed that is no whole number is refused, before anything is read', async () => {
  const call = advise({ model: place.model, cacheDir: place.cacheDir, folder: place.path('nowhere'), seed: 0.5 })
  await expect(call).rejects.toMatchObject({ code: 'USAGE' })
})
