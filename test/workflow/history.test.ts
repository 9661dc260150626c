import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { historyFolder } from '../../src/bundle/history/revision-file.js'
import { history } from '../../src/workflow/history.js'
import { removeClasses } from '../../src/workflow/remove.js'
import { renameClass } from '../../src/workflow/rename.js'
import { rollback } from '../../src/workflow/rollback.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

let folder: string
let place: TinyPlace
let bundle: string
const started = Date.now()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  place = tinyPlace(folder)
  bundle = place.path('bundle')
  const rehearsal = await place.draw('old', { any: 12 })
  const again = { model: bundle, input: {} }
  await place.add({
    add: [await place.draw('colours', { red: 6, green: 6 })],
    rehearsal,
    command: 'extend --add colours',
  })
  await place.add({ ...again, add: [await place.draw('more', { red: 3, blue: 4 })], keep: 9 })
  await renameClass({ model: bundle, name: 'red', to: 'crimson', command: 'extend rename red crimson' })
  await removeClasses({ model: bundle, name: 'more', device: 'cpu' })
  await rollback({ model: bundle, revision: 2, command: 'extend rollback 2' })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the history tells of every change, the last one first', async () => {
  const { revisions, keep } = await history({ model: bundle })
  const none = { added: [], removed: [], grown: [], shrunk: [], renamed: [] }
  const increments = { added: [], removed: [], renamed: [] }
  expect(keep).toBe(9)
  expect(
    revisions.map(({ revision, kind, command, kept, changes }) => ({ revision, kind, command, kept, changes })),
  ).toEqual([
    {
      revision: 5,
      kind: 'rollback',
      command: 'extend rollback 2',
      kept: false,
      changes: {
        ...none,
        added: [{ label: 'blue', images: 4 }],
        grown: [{ label: 'red', before: 6, images: 9 }],
        renamed: [{ from: 'crimson', to: 'red' }],
        increments: { ...increments, added: ['more'] },
      },
    },
    {
      revision: 4,
      kind: 'remove',
      command: null,
      kept: true,
      changes: {
        ...none,
        removed: [{ label: 'blue', images: 4 }],
        shrunk: [{ label: 'crimson', before: 9, images: 6 }],
        increments: { ...increments, removed: ['more'] },
      },
    },
    {
      revision: 3,
      kind: 'rename',
      command: 'extend rename red crimson',
      kept: true,
      changes: { ...none, renamed: [{ from: 'red', to: 'crimson' }], increments },
    },
    {
      revision: 2,
      kind: 'add',
      command: null,
      kept: true,
      changes: {
        ...none,
        added: [{ label: 'blue', images: 4 }],
        grown: [{ label: 'red', before: 6, images: 9 }],
        increments: { ...increments, added: ['more'] },
      },
    },
    {
      revision: 1,
      kind: 'add',
      command: 'extend --add colours',
      kept: true,
      changes: {
        ...none,
        added: [
          { label: 'green', images: 6 },
          { label: 'red', images: 6 },
        ],
        increments: { ...increments, added: ['colours'] },
      },
    },
  ])
  expect(revisions[0]).toMatchObject({ restored: 2, classes: { base: 10, added: 3, total: 13 } })
  const dates = revisions.map(({ date }) => Date.parse(date!))
  expect(dates).toEqual([...dates].sort((a, b) => b - a))
  expect(dates.at(-1)).toBeGreaterThanOrEqual(started)
})

test('held-out figures before a change are those after the one before it', async () => {
  const { revisions } = await history({ model: bundle })
  expect(revisions.at(-1)!.heldOut).toMatchObject({ before: null, after: { old: { count: 12 }, new: { count: 12 } } })
  revisions.slice(0, -1).forEach(({ heldOut }, i) => expect(heldOut.before).toEqual(revisions[i + 1]!.heldOut.after))
  expect(revisions[0]!.heldOut.after).toEqual(revisions[3]!.heldOut.after)
  expect(revisions[0]!.heldOut.after).not.toHaveProperty('perClass')
})

test('the size is that of the files, and what earlier revisions take of it', async () => {
  const sizes = (readdirSync(bundle, { recursive: true }) as string[])
    .map((name) => statSync(join(bundle, name)))
    .filter((found) => found.isFile())
    .map(({ size }) => size)
  const { bytes } = await history({ model: bundle })
  expect(bytes.total).toBe(sizes.reduce((sum, size) => sum + size))
  expect(bytes.history).toBeGreaterThan(0)
  expect(bytes.history).toBeLessThan(bytes.total)
})

test('a bundle made of another one has a history of its own, with the figures before', async () => {
  const out = place.path('other')
  await place.add({ model: bundle, input: {}, out, add: [await place.draw('sky', { violet: 4 })] })
  const { revisions } = await history({ model: out })
  const { revisions: of } = await history({ model: bundle })
  expect(revisions).toHaveLength(1)
  expect(revisions[0]).toMatchObject({ revision: 1, changes: { added: [{ label: 'violet', images: 4 }], removed: [] } })
  expect(revisions[0]!.heldOut.before).toEqual(of[0]!.heldOut.after)
})

test.each([
  ['nothing', (path: string) => rmSync(path, { recursive: true })],
  ['a file in place of the folder', (path: string) => (rmSync(path, { recursive: true }), writeFileSync(path, 'x'))],
  [
    'records that are none',
    (path: string) => readdirSync(path).forEach((name) => writeFileSync(join(path, name), '{"revision": 5}')),
  ],
])('a bundle with %s for a history has one entry, its state', async (_, damage) => {
  const model = place.path('damaged')
  rmSync(model, { recursive: true, force: true })
  cpSync(bundle, model, { recursive: true })
  damage(join(model, historyFolder))
  const { revisions } = await history({ model })
  expect(revisions).toEqual([
    {
      revision: 5,
      date: null,
      kind: null,
      command: null,
      classes: { base: 10, added: 3, total: 13 },
      changes: null,
      heldOut: { before: null, after: expect.objectContaining({ leak: expect.any(Number) }) },
      kept: false,
    },
  ])
})

test('where a record is missing the history ends, and what is known of that revision is shown', async () => {
  const model = place.path('gap')
  cpSync(bundle, model, { recursive: true })
  const gone = readdirSync(join(model, historyFolder)).find((name) => /^3-.*json$/.test(name))!
  rmSync(join(model, historyFolder, gone))
  const { revisions } = await history({ model })
  expect(revisions.map(({ revision, date }) => [revision, date !== null])).toEqual([
    [5, true],
    [4, true],
    [3, false],
  ])
  expect(revisions[2]).toMatchObject({ kept: true, classes: { added: 3 }, command: null })
  await rollback({ model, revision: 3 })
})

test('a folder that is no bundle is not found', async () => {
  await expect(history({ model: place.path('nowhere') })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
