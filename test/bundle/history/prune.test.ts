import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readBundle } from '../../../src/bundle/bundle.js'
import { revisionsOf } from '../../../src/bundle/history/chain.js'
import { historyFolder } from '../../../src/bundle/history/revision-file.js'
import { sizeOfBundle } from '../../../src/bundle/history/size.js'
import { writeBundle } from '../../../src/bundle/write.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { tinyChange } from '../tiny-bundle.js'

const folder = temporaryFolder()
const place = () => join(folder(), 'bundle')

/** Writes a revision with an increment of its own; without a number, as many earlier ones are kept as before. */
const write = (revision: number, keep?: number) =>
  writeBundle(place(), { ...tinyChange(revision, [`set ${revision}`]), note: { kind: 'add', keep } })

const names = async (kind: string) => {
  const all = await readdir(join(place(), historyFolder))
  return all
    .filter((name) => name.endsWith(kind))
    .map((name) => Number(name.split('-')[0]))
    .sort()
}

/** Takes the record of a revision away; the result puts it back. */
async function lose(revision: number): Promise<() => Promise<void>> {
  const history = join(place(), historyFolder)
  const name = (await readdir(history)).find((one) => one.startsWith(`${revision}-`) && one.endsWith('.json'))!
  await rename(join(history, name), join(folder(), name))
  return () => rename(join(folder(), name), join(history, name))
}

async function bundle() {
  const { manifest } = await readBundle(place())
  const revisions = await revisionsOf(place(), manifest)
  return { keep: revisions[0].record?.keep, kept: revisions.filter((one) => one.kept).map((one) => one.revision) }
}

test('a lost record costs nothing that is kept before it, nor the number of revisions to keep', async () => {
  await write(1, 9)
  await write(2)
  await write(3)
  const putBack = await lose(3)
  await write(4)
  await write(5)
  expect(await names('.safetensors')).toEqual([1, 2, 3, 4])
  expect(await bundle()).toEqual({ keep: 9, kept: [4, 3] })
  await putBack()
  // With their features.
  expect(await bundle()).toEqual({ keep: 9, kept: [4, 3, 2, 1] })
})

test('what is kept before a gap goes when more than enough is kept', async () => {
  await write(1, 9)
  await write(2)
  await write(3)
  await lose(3)
  await write(4, 2)
  expect(await names('.safetensors')).toEqual([2, 3])
  expect(await names('.json')).toEqual([1, 2, 4])
  const features = (await readdir(place())).filter((name) => name.startsWith('features-'))
  expect(features).toHaveLength(3)
})

test('temporary files count for the disk, not for the history', async () => {
  await write(1)
  const { manifest } = await readBundle(place())
  const before = await sizeOfBundle(place(), manifest)
  await writeFile(join(place(), historyFolder, '.2-0123456789abcdef.json.0123456789ab.tmp'), '12345')
  await writeFile(join(place(), '.model.onnx.0123456789ab.tmp'), '1234567')
  expect(await sizeOfBundle(place(), manifest)).toEqual({ total: before.total + 12, history: before.history })
})
