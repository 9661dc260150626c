import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import { manifestFile, modelFile } from '../../src/bundle/layout.js'
import { labelsOf } from '../../src/bundle/manifest.js'
import { getMetadata } from '../../src/onnx/build.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { evaluate } from '../../src/workflow/evaluate.js'
import { renameClass } from '../../src/workflow/rename.js'
import { contentsOf } from '../end-to-end/workplace.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// A bundle with red and green, an old class that was trained further, and an increment called like its class.

let folder: string
let place: TinyPlace
let copies = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  const colours = await place.draw('colours', { red: 6, green: 6, 'class 3': 6 })
  await place.add({ add: [colours], rehearsal: await place.draw('old', { any: 12 }), overlap: 'merge' })
  await place.add({ model: place.path('bundle'), input: {}, add: [await place.draw('violet', { violet: 5 })] })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function copy() {
  const model = place.path(`copy${++copies}`)
  cpSync(place.path('bundle'), model, { recursive: true })
  return {
    model,
    rename: (name: string, to: string, kind?: 'class' | 'increment') => renameClass({ model, name, to, kind }),
    add: (add: string, more: object = {}) => place.add({ model, input: {}, out: model, add: [add], ...more }),
    manifest: async () => (await readBundle(model)).manifest,
    added: async () => labelsOf((await readBundle(model)).manifest).slice(10),
  }
}

describe('renaming a class', () => {
  test('changes its label wherever it stands, and no byte of the graph', async () => {
    const { model, rename, added, manifest } = copy()
    const before = await manifest()
    const old = decodeModel(readFileSync(join(model, modelFile)))
    expect(await rename('red', 'crimson')).toEqual({
      bundle: model,
      kind: 'class',
      from: 'red',
      to: 'crimson',
      revision: 3,
      classes: { base: 10, added: 3, total: 13 },
      warnings: [],
    })
    expect((await added()).map(({ label }) => label)).toEqual(['green', 'crimson', 'violet'])

    const now = decodeModel(readFileSync(join(model, modelFile)))
    const metadata = Object.fromEntries(old.metadataProps.map(({ key }) => [key, getMetadata(now, key)!]))
    const labels = JSON.parse(metadata['nplusk.labels']!) as { label: string }[]
    expect(labels.map(({ label }) => label).slice(10)).toEqual(['green', 'crimson', 'violet'])
    now.metadataProps = old.metadataProps
    expect(Buffer.from(encodeModel(now))).toEqual(Buffer.from(encodeModel(old)))

    // As written by hand: every label, and no folder.
    const wanted = JSON.stringify(before)
      .replaceAll('"label":"red"', '"label":"crimson"')
      .replace('"revision":2', '"revision":3')
    expect(JSON.stringify(await manifest())).toBe(wanted)
    expect(wanted).toContain('"folder":"red","label":"crimson"')
    expect(JSON.parse(readFileSync(join(model, manifestFile), 'utf8'))).toEqual(await manifest())
  })

  test('and back gives the same labels', async () => {
    const { model, rename, added } = copy()
    const before = contentsOf(model)
    const labels = await added()
    await rename('red', 'crimson')
    await rename('crimson', 'red')
    expect(await added()).toEqual(labels)
    expect(contentsOf(model)[modelFile]).not.toBe(before[modelFile])
  })

  test('takes names in NFC, and one that is written in another way', async () => {
    const { rename, added } = copy()
    await rename('green', 'gru\u0308n ')
    expect((await added())[0]!.label).toBe('grün')
    await rename('gru\u0308n', 'green')
    expect((await added())[0]!.label).toBe('green')
  })

  test('exchanges two names by a third', async () => {
    const { rename, added } = copy()
    for (const [from, to] of [
      ['red', 'other'],
      ['green', 'red'],
      ['other', 'green'],
    ] as const) {
      await rename(from, to)
    }
    expect((await added()).map(({ label }) => label)).toEqual(['red', 'green', 'violet'])
  })

  test('leaves the name of its folder to it: pictures of the old name are more of it, and so are those of the new', async () => {
    const { model, rename, add, added } = copy()
    await rename('red', 'crimson')
    const old = await add(await place.draw('more', { red: 3 }))
    expect(old.grown).toEqual([expect.objectContaining({ label: 'crimson', before: 6, images: 9 })])
    expect(old.warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('"red" is more of the class "crimson"')]),
    )
    const now = await add(await place.draw('again', { crimson: 2 }))
    expect(now.grown).toEqual([expect.objectContaining({ label: 'crimson', before: 9, images: 11 })])
    expect((await added()).map(({ label }) => label)).toEqual(['green', 'crimson', 'violet'])
    const { records } = await evaluate({ model, folder: place.path('more'), device: 'cpu' })
    expect(records.map(({ truth }) => truth.label)).toEqual(['crimson', 'crimson', 'crimson'])
    const apart = await add(await place.draw('third', { red: 4 }), { overlap: 'separate' })
    expect(apart.increment.labels).toEqual(['red'])
  })

  test.each([
    ['blue', 'azure', 'NOT_FOUND', 'The bundle has no increment and no added class "blue"'],
    ['red', 'green', 'CONFLICT', 'The bundle already has an added class "green"; give another name.'],
    ['red', 'class 5', 'CONFLICT', '"class 5" is also a class of the base model'],
    [
      'class 3',
      'third',
      'CONFLICT',
      '"class 3" was merged into a class of the base model, whose names stay as they are.',
    ],
    ['class 4', 'fourth', 'CONFLICT', '"class 4" is a class of the base model, whose names stay as they are.'],
    ['red', 'red', 'CONFLICT', '"red" is called that already; give another name.'],
    ['red', 'colours', 'CONFLICT', 'The bundle already has an increment "colours"; give another name.'],
    ['red', 'base', 'CONFLICT', 'The name "base" stands for the old classes; give another.'],
    ['red', '..', 'BAD_INPUT', '".." stands for a folder; give another name.'],
    ['red', 'a\u202eb', 'BAD_INPUT', 'turns the direction of writing'],
    ['red', ' ', 'BAD_INPUT', 'shows nothing'],
    ['red', 'a/b', 'BAD_INPUT', 'holds a slash'],
    ['violet', 'purple', 'CONFLICT', '"violet" is an increment ("violet") and a class ("violet").'],
  ])('"%s" to "%s" is refused: %s', async (name, to, code, message) => {
    const { model, rename } = copy()
    const before = contentsOf(model)
    await expect(rename(name, to)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect(contentsOf(model)).toEqual(before)
  })

  test('to a name that differs from another by case alone gives a warning', async () => {
    const { rename } = copy()
    expect((await rename('red', 'Green')).warnings).toEqual([
      '"Green" and "green" differ by case alone, and are two classes; if they are one, give both one name.',
    ])
    expect((await rename('violet', 'Violet', 'class')).warnings).toEqual([])
  })
})

describe('renaming an increment', () => {
  test('changes the name that its classes came with', async () => {
    const { rename, added } = copy()
    expect(await rename('violet', 'late', 'increment')).toMatchObject({ kind: 'increment', from: 'violet', to: 'late' })
    expect((await added()).map(({ label, increment }) => `${label} ${increment}`)).toEqual([
      'green colours',
      'red colours',
      'violet late',
    ])
  })

  test.each([
    ['base', 'The name "base" stands for the old classes; give another.'],
    ['violet', 'The bundle already has an increment "violet"; give another name.'],
    ['green', 'The bundle already has an added class "green"; give another name.'],
    ['colours', '"colours" is called that already; give another name.'],
  ])('to "%s" is refused', async (to, message) => {
    await expect(copy().rename('colours', to)).rejects.toMatchObject({ code: 'CONFLICT', message })
  })
})
