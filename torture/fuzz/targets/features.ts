import { join } from 'node:path'
import { readPart, writePart } from '../../../src/bundle/part-file.js'
import { decodeRehearsalPack, encodeRehearsalPack } from '../../../src/bundle/rehearsal-pack.js'
import { decodeTensors, encodeTensors } from '../../../src/bundle/seals/sealed-tensors.js'
import { openTable, tableChunks } from '../../../src/bundle/table-file.js'
import { eachBlock, memoryRows } from '../../../src/features/feature-rows.js'
import { decodeBottleneck, encodeBottleneck } from '../../../src/features/entry.js'
import { allLayers } from '../../../src/features/table.js'
import { openStore } from '../../../src/features/store.js'
import { readFileSync } from 'node:fs'
import { withFolder } from '../../shared/temporary.js'
import { imagesOf } from '../../../test/support/tiny-world.js'
import { entryOf } from '../../../test/features/entries.js'
import { mutateSafetensors } from '../mutate/safetensors.js'
import type { Target } from '../target.js'
import { bare } from './bare-tensors.js'
import { fileReader } from './reader.js'

const featuresAlone = imagesOf({ directions: [3, 4], images: 3, seed: 1 })
const furtherDim = 4
/** The same images, with further layers. */
const withFurther = {
  ...featuresAlone,
  further: memoryRows(new Uint16Array(furtherDim * featuresAlone.count), furtherDim),
}
const tables = [featuresAlone, withFurther]
const shape = { dim: 5, classes: 3 }

/** A part of features, into a store. */
export const part: Target = {
  name: 'part',
  seeds: () =>
    withFolder(async (folder) => {
      await using store = await openStore(join(folder, 'store'))
      const entries = [1, 2, 3].map((key) => entryOf(String(key).repeat(64), shape.dim, shape.classes))
      store.putAll(entries)
      const file = join(folder, 'part')
      await writePart(file, { keys: entries.map(([key]) => key), store, shape })
      return [readFileSync(file)]
    }),
  mutate: mutateSafetensors,
  async open(folder) {
    const store = await openStore(join(folder, 'store'))
    const reader = await fileReader(
      'part',
      'part',
      () => [],
      mutateSafetensors,
      (path) => readPart(path, store),
    ).open(folder)
    return { ...reader, close: () => store.close() }
  },
}

/** A rehearsal pack. */
export const pack = fileReader(
  'pack',
  'pack.safetensors',
  () => tables.map((table) => bare(encodeRehearsalPack(table, 'a'.repeat(64), { images: '3' }))),
  mutateSafetensors,
  (path, input) => {
    const { table } = decodeRehearsalPack(input, path)
    eachBlock(allLayers(table), () => undefined)
  },
)

/** A table of features, as bundles keep it. */
export const featureTable = fileReader(
  'table',
  'features.safetensors',
  () => tables.map((table) => Buffer.concat([...tableChunks(table)])),
  mutateSafetensors,
  (path) => {
    eachBlock(allLayers(openTable(path, { classes: 2, furtherDim })), () => undefined)
  },
)

/** The format itself. */
export const safetensors = fileReader(
  'safetensors',
  'a.safetensors',
  () => [
    ...[encodeTensors, (...file: Parameters<typeof encodeTensors>) => bare(encodeTensors(...file))].map((encode) =>
      encode(
        {
          a: { dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
          b: { dims: [4], data: Uint8Array.of(1, 2, 3, 4) },
        },
        { made: 'by hand' },
      ),
    ),
  ],
  mutateSafetensors,
  (path, input) => decodeTensors(input, path),
)

const entryKey = '1'.repeat(64)

/** An entry of the store, as Redis or LMDB gives it. */
export const entry = fileReader(
  'entry',
  'entry',
  () => [encodeBottleneck(...entryOf(entryKey, shape.dim, shape.classes))],
  mutateSafetensors,
  (_, input) => decodeBottleneck(entryKey, input),
)
