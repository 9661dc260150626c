import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readEvents } from '../tensorboard/read-events.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('an extension writes its training, and the same bundle as without', async () => {
  const add = [await place.draw('colours', { red: 8, green: 8 })]
  const rehearsal = await place.draw('old', { 'class 0': 3, 'class 3': 4 })
  const tensorboard = place.path('logs')
  const logged = await place.add({ add, rehearsal, out: place.path('logged'), tensorboard })
  const plain = await place.add({ add, rehearsal, out: place.path('plain') })
  for (const name of ['model.onnx', 'bundle.json'])
    expect(readFileSync(place.path('logged', name)).equals(readFileSync(place.path('plain', name)))).toBe(true)
  expect(logged.records).toEqual(plain.records)

  const [training, ...others] = readdirSync(tensorboard)
  expect(others).toEqual([])
  expect(training).toMatch(/^colours-\d{8}T\d{6}$/)
  const files = readdirSync(join(tensorboard, training!), { recursive: true, encoding: 'utf8' })
  const eventsOf = (run: string) => {
    const name = files.find((file) => file.startsWith(`${run}${sep}events.out.tfevents.`))!
    return readEvents(readFileSync(join(tensorboard, training!, name)))
  }
  const numbers = (run: string, tag: string) =>
    eventsOf(run).flatMap(({ values }) => values.filter((one) => one.tag === tag).map(({ value }) => value))

  for (const { regularisation } of plain.regularisation.tried) {
    const run = join(`rho-${regularisation}`, 'training')
    const objective = numbers(run, 'loss').map((loss, i) => loss + numbers(run, 'penalty')[i]!)
    expect(objective.length).toBeGreaterThan(3)
    expect(objective.at(-1)!).toBeLessThan(objective[0]!)
    const heldOut = join(`rho-${regularisation}`, 'held-out')
    for (const tag of ['loss', 'top1', 'leak', 'miss']) expect(numbers(heldOut, tag)).toHaveLength(objective.length)
  }
  expect(numbers('all-images', 'loss').length).toBeGreaterThan(0)
  const { heldOut } = plain
  expect(numbers('finished', 'top1')).toEqual([Math.fround(heldOut.new.top1!)])
  expect(numbers('finished', 'leak')).toEqual([Math.fround(heldOut.leak!)])
  expect(numbers('finished', 'top1-by-class/green')).toEqual([
    Math.fround(heldOut.perClass.find(({ label }) => label === 'green')!.top1),
  ])

  const linesOf = (name: string) =>
    readFileSync(join(tensorboard, training!, 'finished', name), 'utf8')
      .trimEnd()
      .split('\n')
  const [, ...known] = linesOf('metadata.tsv').map((line) => line.split('\t'))
  expect(known).toHaveLength(16 + 7)
  expect(linesOf('embedding.tsv')).toHaveLength(16 + 7)
  for (const [label, kind, answer, , outcome, file] of known.slice(0, 16)) {
    const record = plain.records.find((one) => one.file === file)!
    expect([label, kind, answer]).toEqual([record.truth.label, 'new', record.answers[0]!.label])
    expect(outcome).toBe(record.error ?? 'right')
  }
  expect(known.slice(16).map(([label]) => label)).toEqual([
    ...new Array<string>(3).fill('class 0'),
    ...new Array<string>(4).fill('class 3'),
  ])
})

test('frozen classes are old ones', async () => {
  const rehearsal = await place.draw('old', { 'class 0': 3, 'class 3': 4 })
  const model = place.path('earlier')
  await place.add({ add: [await place.draw('first', { red: 8, green: 6 })], rehearsal, out: model })
  const tensorboard = place.path('later-logs')
  const add = [await place.draw('second', { blue: 8 })]
  await place.add({ model, input: {}, add, freezeAdded: true, out: place.path('later'), tensorboard })
  const [training] = readdirSync(tensorboard)
  const lines = readFileSync(join(tensorboard, training!, 'finished', 'metadata.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
  const kinds = lines.slice(1).map((line) => line.split('\t').slice(0, 2).join(' is '))
  expect([...new Set(kinds)].sort()).toEqual([
    'blue is new',
    'class 0 is old',
    'class 3 is old',
    'green is old',
    'red is old',
  ])
})

test('a file where the folder should be stops it before anything else', async () => {
  const tensorboard = place.path('a-file')
  writeFileSync(tensorboard, '')
  await expect(place.add({ add: [place.path('nowhere')], tensorboard })).rejects.toMatchObject({ code: 'BAD_INPUT' })
})
