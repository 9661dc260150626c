import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import { historyFolder } from '../../src/bundle/history/revision-file.js'
import { manifestFile } from '../../src/bundle/layout.js'
import { scoreImages } from '../../src/evaluation/score-images.js'
import { openClassifier } from '../../src/classifier/open-classifier.js'
import { history } from '../../src/workflow/history.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { renameClass } from '../../src/workflow/rename.js'
import { rollback } from '../../src/workflow/rollback.js'
import { contentsOf } from '../end-to-end/workplace.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

// A bundle of three changes: two colours; a third one; the first increment's green gone.

let folder: string
let place: TinyPlace
let pictures: string[]
/** What the bundle answered after each of its changes. */
const answers: Answers[] = []
let copies = 0

interface Answers {
  readonly labels: readonly string[]
  readonly logits: readonly Float32Array[]
}

async function answersOf(model: string): Promise<Answers> {
  const classifier = await openClassifier({ model, device: 'cpu' })
  await using _ = classifier.session
  const logits: Float32Array[] = []
  for await (const result of scoreImages(classifier, pictures, undefined)) {
    if (!('logits' in result)) throw new Error('a picture that cannot be read')
    logits.push(result.logits)
  }
  return { labels: classifier.labels.map(({ label, increment }) => `${label} (${increment})`), logits }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  const bundle = place.path('bundle')
  const colours = await place.draw('colours', { red: 6, green: 6 })
  const sky = await place.draw('sky', { blue: 5 })
  pictures = ['colours/red/0.png', 'colours/green/1.png', 'sky/blue/2.png'].map((name) => place.path(name))
  const changes = [
    () => place.add({ add: [colours], rehearsal: 'none', command: 'first' }),
    () => place.add({ model: bundle, input: {}, add: [sky] }),
    () => removeClasses({ model: bundle, name: 'green', device: 'cpu', command: 'third' }),
  ]
  for (const change of changes) {
    await change()
    answers.push(await answersOf(bundle))
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function copy(): string {
  const bundle = place.path(`copy${++copies}`)
  cpSync(place.path('bundle'), bundle, { recursive: true })
  return bundle
}

describe('rollback', () => {
  test('after three changes gives the answers of each earlier bundle, bit for bit', async () => {
    const model = copy()
    for (const revision of [1, 2]) {
      const result = await rollback({ model, revision })
      expect(result).toMatchObject({ restored: revision, revision: 3 + revision })
      expect(await answersOf(model)).toEqual(answers[revision - 1])
    }
    await rollback({ model, revision: 3 })
    expect(await answersOf(model)).toEqual(answers[2])
  })

  test('without a number takes the last change back, and a second one takes that back', async () => {
    const model = copy()
    expect(await rollback({ model })).toMatchObject({
      restored: 2,
      changes: { added: [{ label: 'green', images: 6 }], removed: [] },
      classes: { base: 10, added: 3, total: 13 },
    })
    expect(await answersOf(model)).toEqual(answers[1])
    expect(await rollback({ model })).toMatchObject({ restored: 3, changes: { removed: [{ label: 'green' }] } })
    expect(await answersOf(model)).toEqual(answers[2])
  })

  test('leaves a bundle that can be extended as if the change had never been made', async () => {
    const model = copy()
    await rollback({ model, revision: 1 })
    await place.add({ model, input: {}, out: model, add: [place.path('sky')] })
    expect(await answersOf(model)).toEqual(answers[1])
  })

  test('works where the bundle was moved to, without any cache', async () => {
    const model = copy()
    const moved = place.path('moved')
    cpSync(model, moved, { recursive: true })
    rmSync(model, { recursive: true })
    await rollback({ model: moved, revision: 1 })
    expect(await answersOf(moved)).toEqual(answers[0])
  })

  test.each([
    [9, 'does not keep a revision 9; the earlier ones that it keeps are 2, 1.'],
    [3, 'the earlier ones that it keeps are 2, 1.'],
    [-1, 'does not keep a revision -1; the earlier ones'],
  ])('to revision %d says which there are', async (revision, message) => {
    const model = copy()
    const before = contentsOf(model)
    await expect(rollback({ model, revision })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(message),
      data: { kept: [2, 1] },
    })
    expect(contentsOf(model)).toEqual(before)
  })

  test('of a bundle that came without its history says so, and that bundle goes on', async () => {
    const model = copy()
    rmSync(join(model, historyFolder), { recursive: true })
    await expect(rollback({ model })).rejects.toThrow('it keeps no earlier revision.')
    await removeClasses({ model, name: 'blue', device: 'cpu' })
    await rollback({ model })
    expect(await answersOf(model)).toEqual(answers[2])
    expect((await history({ model })).revisions.map(({ revision, kind }) => [revision, kind])).toEqual([
      [5, 'rollback'],
      [4, 'remove'],
      [3, null],
    ])
  })

  test('to a revision of which something is damaged changes nothing', async () => {
    for (const damage of [
      (model: string) => damageKept(model, 1, (bytes) => (bytes[bytes.length - 5]! ^= 1)),
      (model: string) => damageFile(model, /^backbone-/),
      (model: string) => damageFile(model, /^features-/),
    ]) {
      const model = copy()
      damage(model)
      const before = contentsOf(model)
      await expect(rollback({ model, revision: 1 })).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
      expect(contentsOf(model)).toEqual(before)
    }
  })

  test('passes over a revision that is cut off, or lacks a file', async () => {
    const model = copy()
    truncateSync(keptFile(model, 2), 1000)
    const { features } = (await readBundle(model)).manifest.increments[0]!
    for (const name of readdirSync(model)) {
      if (name.startsWith('features-') && name !== features) rmSync(join(model, name))
    }
    await expect(rollback({ model })).rejects.toMatchObject({ code: expect.stringMatching(/NOT_FOUND|BAD_BUNDLE/) })
  })

  test('is refused where another process changes the bundle at the same time, and one of the two takes effect', async () => {
    const model = copy()
    const results = await Promise.allSettled([
      rollback({ model, revision: 1 }),
      renameClass({ model, name: 'red', to: 'crimson' }),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const { revisions } = await history({ model })
    expect(revisions.map(({ revision }) => revision)).toEqual([4, 3, 2, 1])
    const done = results[0]!.status === 'fulfilled' ? 'rollback' : 'rename'
    expect(revisions[0]!.kind).toBe(done)
  })
})

describe('what is kept', () => {
  const kept = async (model: string) =>
    (await history({ model })).revisions.filter((one) => one.kept).map(({ revision }) => revision)

  test('goes by the number that was given last', async () => {
    const model = copy()
    await renameClass({ model, name: 'red', to: 'crimson', keep: 2 })
    expect(await kept(model)).toEqual([3, 2])
    await renameClass({ model, name: 'crimson', to: 'red' })
    expect(await kept(model)).toEqual([4, 3])
    // The features of green were revision 2's alone.
    expect(readdirSync(model).filter((name) => name.startsWith('features-'))).toHaveLength(2)
    await renameClass({ model, name: 'red', to: 'crimson', keep: 0 })
    expect(await kept(model)).toEqual([])
    const names = readdirSync(join(model, historyFolder))
    expect(names.filter((name) => name.endsWith('.safetensors'))).toEqual([])
    expect((await history({ model })).revisions.map(({ revision }) => revision)).toEqual([6, 5, 4, 3, 2, 1])
    await expect(renameClass({ model, name: 'blue', to: 'azure', keep: 1.5 })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('what was written for a change that never took effect is not in the history, and goes with the next change', async () => {
    const model = copy()
    const other = copy()
    await renameClass({ model: other, name: 'red', to: 'crimson' })
    // A process that died just before it renamed the model.
    cpSync(join(other, historyFolder), join(model, historyFolder), { recursive: true })
    expect((await history({ model })).revisions.map(({ revision }) => revision)).toEqual([3, 2, 1])
    expect(await answersOf(model)).toEqual(answers[2])
    await rollback({ model, revision: 1 })
    expect(await answersOf(model)).toEqual(answers[0])
    expect((await history({ model })).revisions.map(({ kind }) => kind)).toEqual(['rollback', 'remove', 'add', 'add'])
    expect(readdirSync(join(model, historyFolder)).filter((name) => name.startsWith('4-'))).toHaveLength(1)
  })

  test('is found also where the process died before it renamed the manifest', async () => {
    const model = copy()
    const old = readFileSync(join(model, manifestFile))
    await rollback({ model, revision: 1 })
    writeFileSync(join(model, manifestFile), old)
    expect((await history({ model })).revisions.map(({ revision }) => revision)).toEqual([4, 3, 2, 1])
    await rollback({ model })
    expect(await answersOf(model)).toEqual(answers[2])
  })
})

function keptFile(model: string, revision: number): string {
  const names = readdirSync(join(model, historyFolder))
  return join(
    model,
    historyFolder,
    names.find((name) => new RegExp(`^${revision}-.*safetensors$`).test(name))!,
  )
}

function damageKept(model: string, revision: number, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(keptFile(model, revision))
  change(bytes)
  writeFileSync(keptFile(model, revision), bytes)
}

function damageFile(model: string, name: RegExp): void {
  for (const file of readdirSync(model).filter((one) => name.test(one))) {
    const bytes = readFileSync(join(model, file))
    bytes[bytes.length - 3]! ^= 1
    writeFileSync(join(model, file), bytes)
  }
}
