import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ProgressEvent } from '../../src/core/progress.js'
import { readBundle } from '../../src/bundle/bundle.js'
import { manifestFile, modelFile } from '../../src/bundle/layout.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { renameClass } from '../../src/workflow/rename.js'
import { rollback } from '../../src/workflow/rollback.js'
import { verifyBundle, type Verification } from '../../src/workflow/verify.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// A bundle of three changes: two colours and old images; a third colour; another name for it.

let folder: string
let place: TinyPlace
let model: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  const colours = await place.draw('colours', { red: 6, green: 6 })
  const rehearsal = await place.draw('old', { grey: 8 })
  await place.add({ add: [colours], rehearsal })
  await place.add({ model: place.path('bundle'), input: {}, add: [await place.draw('sky', { blue: 5 })] })
  await renameClass({ model: place.path('bundle'), name: 'blue', to: 'azure' })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function copy(): void {
  model = place.path('copy')
  rmSync(model, { recursive: true, force: true })
  cpSync(place.path('bundle'), model, { recursive: true })
}

function damage(name: string): void {
  const bytes = readFileSync(join(model, name))
  bytes[bytes.length >> 1]! ^= 4
  writeFileSync(join(model, name), bytes)
}

const verify = (): Promise<Verification> => verifyBundle({ model })

describe('verifyBundle', () => {
  test('has nothing against a whole bundle, and has read all of it', async () => {
    copy()
    const found = await verify()
    const all = readdirSync(model, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const bytes = all.map((entry) => readFileSync(join(entry.parentPath, entry.name)).length)
    expect(found).toEqual({
      bundle: model,
      ok: true,
      revision: 3,
      files: all.length,
      bytes: bytes.reduce((a, b) => a + b, 0),
      damaged: [],
      unsealed: [],
      modelIsWhole: true,
      belongTogether: true,
      restorable: [2, 1],
    })
  })

  test('names a damaged model, and what can be brought back', async () => {
    copy()
    damage(modelFile)
    expect(await verify()).toMatchObject({
      ok: false,
      damaged: [{ file: modelFile, problem: 'damaged', holds: 'model', revisions: [3] }],
      modelIsWhole: false,
      restorable: [2, 1],
    })
  })

  test('names damaged and missing parts, with the revisions that need them', async () => {
    copy()
    const { manifest } = await readBundle(model)
    const [colours, sky] = manifest.increments.map(({ features }) => features)
    damage(sky!)
    rmSync(join(model, colours!))
    damage(manifest.rehearsal!.file)
    const found = await verify()
    expect(found).toMatchObject({ ok: false, modelIsWhole: true, restorable: [] })
    expect(found.damaged).toEqual([
      { file: manifest.rehearsal!.file, problem: 'damaged', holds: 'rehearsal', revisions: [3, 2, 1] },
      { file: colours, problem: 'missing', holds: 'features', revisions: [3, 2, 1], increment: 'colours' },
      { file: sky, problem: 'damaged', holds: 'features', revisions: [3, 2], increment: 'sky' },
    ])
  })

  test('names what is damaged in the history, which leaves the rest as it is', async () => {
    copy()
    const record = readdirSync(join(model, 'revisions')).find((name) => /^3-.*json$/.test(name))!
    const kept = readdirSync(join(model, 'revisions')).find((name) => /^1-.*safetensors$/.test(name))!
    damage(join('revisions', kept))
    expect(await verify()).toMatchObject({
      damaged: [{ file: `revisions/${kept}`, problem: 'damaged', holds: 'revision', revisions: [1] }],
      restorable: [2],
    })
    const path = join(model, 'revisions', record)
    writeFileSync(path, readFileSync(path, 'utf8').replace('azure', 'azurE'))
    expect((await verify()).damaged.map((one) => one.file)).toEqual([`revisions/${record}`, `revisions/${kept}`])
  })

  test('names a record that is gone and without which no earlier revision is known, but no deleted history', async () => {
    copy()
    const record = readdirSync(join(model, 'revisions')).find((name) => /^3-.*json$/.test(name))!
    rmSync(join(model, 'revisions', record))
    expect(await verify()).toMatchObject({
      damaged: [{ file: `revisions/${record}`, problem: 'missing', holds: 'record', revisions: [3] }],
      modelIsWhole: true,
      restorable: [],
    })
    rmSync(join(model, 'revisions'), { recursive: true })
    expect(await verify()).toMatchObject({ ok: true, restorable: [] })
  })

  test('names a damaged manifest, and takes one of the revision before for what a killed process left', async () => {
    copy()
    const path = join(model, manifestFile)
    const written = readFileSync(path, 'utf8')
    for (const change of [written.replace('azure', 'azurE'), written.replace('"revision": 3', '"revision": 2'), '{']) {
      writeFileSync(path, change)
      expect((await verify()).damaged).toEqual([
        { file: manifestFile, problem: 'damaged', holds: 'manifest', revisions: [3] },
      ])
    }
    rmSync(path)
    expect((await verify()).damaged).toMatchObject([{ file: manifestFile, problem: 'missing' }])
    writeFileSync(path, written)
    await removeClasses({ model, name: 'azure', device: 'cpu' })
    writeFileSync(path, written)
    expect(await verify()).toMatchObject({ ok: true, revision: 4 })
  })

  test('tells a model of an earlier time from a damaged manifest, and what is said about it helps', async () => {
    copy()
    const earlier = readFileSync(join(model, modelFile))
    await removeClasses({ model, name: 'azure', device: 'cpu' })
    writeFileSync(join(model, modelFile), earlier)
    await expect(readBundle(model)).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
    expect(await verify()).toMatchObject({
      damaged: [{ file: manifestFile }],
      modelIsWhole: true,
      belongTogether: false,
    })
    // Which of the two is the right one is not known, and a change would delete what the other needs.
    await expect(rollback({ model })).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
    rmSync(join(model, manifestFile))
    expect((await verify()).belongTogether).toBe(true)
    await renameClass({ model, name: 'azure', to: 'blue' })
    expect(await verify()).toMatchObject({ ok: true, revision: 4 })
  })

  test('without any manifest names both files, and checks none of the others', async () => {
    copy()
    damage(modelFile)
    rmSync(join(model, manifestFile))
    expect(await verify()).toMatchObject({
      ok: false,
      revision: null,
      damaged: [
        { file: modelFile, problem: 'damaged' },
        { file: manifestFile, problem: 'missing' },
      ],
      restorable: [],
    })
  })

  test('is refused where there is no bundle', async () => {
    await expect(verifyBundle({ model: place.path('colours') })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('looks again where a change took files away meanwhile', async () => {
    copy()
    const changed = place.path('changed')
    rmSync(changed, { recursive: true, force: true })
    cpSync(model, changed, { recursive: true })
    await removeClasses({ model: changed, name: 'azure', device: 'cpu', keep: 0 })
    let looks = 0
    const onProgress = (event: ProgressEvent) => {
      if (event.type !== 'progress' || event.done > 0 || ++looks > 1) return
      rmSync(model, { recursive: true })
      cpSync(changed, model, { recursive: true })
    }
    expect(await verifyBundle({ model, onProgress })).toMatchObject({ ok: true, revision: 4, damaged: [] })
    expect(looks).toBe(2)
  })

  test('stops when it is told to', async () => {
    copy()
    await expect(verifyBundle({ model, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

describe('a damaged bundle', () => {
  const labels = async () => (await readBundle(model)).manifest.increments.map(({ name }) => name)

  test.each<[string, () => void]>([
    ['the model', () => damage(modelFile)],
    ['the manifest in the model', () => damageManifestInside()],
    ['the model, which is gone', () => rmSync(join(model, modelFile))],
  ])('is mended by a rollback: %s', async (_, harm) => {
    copy()
    harm()
    await expect(removeClasses({ model, name: 'azure', device: 'cpu' })).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
    expect(await rollback({ model })).toMatchObject({ restored: 2, revision: 4 })
    expect(await verify()).toMatchObject({ ok: true, revision: 4, restorable: [2, 1] })
    expect((await readBundle(model)).manifest.increments[1]!.classes[0]!.label).toBe('blue')
  })

  test('is mended by a rollback to a revision that does not need what is damaged', async () => {
    copy()
    const sky = (await readBundle(model)).manifest.increments[1]!.features
    rmSync(join(model, sky))
    expect((await verify()).restorable).toEqual([1])
    await expect(rollback({ model })).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
    await rollback({ model, revision: 1 })
    expect(await labels()).toEqual(['colours'])
    // The other earlier revision is still in want of it.
    expect((await verify()).damaged).toMatchObject([{ file: sky, problem: 'missing', revisions: [2] }])
  })

  test('loses an increment whose features are damaged, and can have it again', async () => {
    copy()
    damage((await readBundle(model)).manifest.increments[1]!.features)
    const stages: string[] = []
    const onProgress = (event: ProgressEvent) => void (event.type === 'progress' && stages.push(event.stage))
    const again = { model, input: {}, out: model, add: [place.path('sky')] }
    await expect(place.add({ ...again, onProgress })).rejects.toMatchObject({
      code: 'BAD_BUNDLE',
      remedy: { kind: 'verify-bundle', bundle: model },
    })
    // Before any picture is read, which may take hours.
    expect(stages).not.toContain('extract')
    await removeClasses({ model, name: 'sky', kind: 'increment', device: 'cpu' })
    expect(await labels()).toEqual(['colours'])
    await place.add({ model, input: {}, out: model, add: [place.path('sky')] })
    expect([await labels(), (await verify()).damaged]).toEqual([['colours', 'sky'], []])
  })

  test('gets its old images anew', async () => {
    copy()
    damage((await readBundle(model)).manifest.rehearsal!.file)
    await place.add({
      model,
      input: {},
      out: model,
      add: [await place.draw('more', { white: 5 })],
      rehearsal: place.path('old'),
    })
    expect(await verify()).toMatchObject({ ok: true, revision: 4 })
  })

  function damageManifestInside(): void {
    const bytes = readFileSync(join(model, modelFile))
    bytes[bytes.lastIndexOf('azure')]! ^= 1
    writeFileSync(join(model, modelFile), bytes)
  }
})
