import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readBundle } from '../../../src/bundle/bundle.js'
import { modelFile } from '../../../src/bundle/layout.js'
import { tinyPlace, type TinyPlace } from '../../training/tiny-extension.js'
import { eventsIn, openSchool, type School } from './school.js'

// A bundle of two colours is taught a third one.

let folder: string
let place: TinyPlace
let copies = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  await place.add({
    add: [await place.draw('colours', { red: 8, green: 8 })],
    rehearsal: await place.draw('old', { any: 12 }),
  })
  await place.draw('new', { blue: 8, red: 6, broken: 1 })
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function copy(): string {
  const bundle = place.path(`copy${++copies}`)
  cpSync(place.path('bundle'), bundle, { recursive: true })
  return bundle
}

const open = (bundle: string) => openSchool({ models: [{ name: 'tiny', model: bundle }], cacheDir: place.cacheDir })

const picture = (label: string, i: number) => readFileSync(place.path('new', label, `${i}.png`))

async function lessonOf(school: School, classes: Readonly<Record<string, number>>): Promise<string> {
  const { body } = await school.send('POST', '/teach/lessons', {})
  const lesson = `/teach/lessons/${body.lesson as string}`
  for (const [label, count] of Object.entries(classes)) {
    for (let i = 0; i < count; i++) {
      const sent = await school.send('POST', `${lesson}/images?label=${label}&file=${label}${i}.png`, picture(label, i))
      expect(sent.status).toBe(200)
    }
  }
  return lesson
}

test('a lesson is taught, tells what came of it, and is undone bit for bit', async () => {
  const bundle = copy()
  const before = readFileSync(join(bundle, modelFile))
  await using school = await open(bundle)
  const lesson = await lessonOf(school, { blue: 8, red: 6 })
  expect((await school.send('POST', `${lesson}/teach`, { name: 'third' })).status).toBe(202)
  const events = eventsIn((await school.send('GET', `${lesson}/events`)).text)
  expect(events.at(-1)).toMatchObject({ event: 'taught', data: { revision: 2 } })
  const result = await school.send('GET', `${lesson}/result`)
  expect(result.body).toMatchObject({
    revision: 2,
    increment: { name: 'third', labels: ['blue', 'red'], images: 14 },
    classes: { base: 10, added: 3, total: 13 },
    grown: [{ label: 'red', before: 8, images: 14 }],
    images: { given: 14, used: 14, unreadable: 0, duplicate: 0 },
  })
  expect((await school.send('POST', `${lesson}/undo`)).body).toEqual({ revision: 3 })
  expect(readFileSync(join(bundle, modelFile)).equals(before)).toBe(false)
  const { manifest } = await readBundle(bundle)
  expect(manifest.increments).toHaveLength(1)
}, 60_000)
