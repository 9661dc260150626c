import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readPart, writePart } from '../../src/bundle/part-file.js'
import { NpluskError } from '../../src/core/errors.js'
import { openStore, type Bottleneck, type BottleneckStore } from '../../src/features/store.js'
import { entryOf } from '../../test/features/entries.js'
import type { FlipTarget } from './flip.js'

const shape = { dim: 40, classes: 5 }
const entries = Array.from({ length: 60 }, (_, i) => entryOf(`entry ${i}`, shape.dim, shape.classes))
const keys = entries.map(([key]) => key)

/** A store of features, filled in several steps, some of its entries twice. */
export async function featureStore(folder: string): Promise<FlipTarget> {
  const place = join(folder, 'store')
  const untouched = await fill(place)
  return {
    files: ['0.entries', '0.index'].map((name) => join(place, name)),
    async ask() {
      // In a copy, as the program mends what it finds.
      const copy = join(folder, 'copy')
      await cp(place, copy, { recursive: true })
      try {
        const first = await readStore(copy, untouched, true)
        if (typeof first !== 'string') return first
        const second = await readStore(copy, untouched, false)
        return second === 'same' ? first : { fault: 'what was computed again is missing afterwards' }
      } finally {
        await rm(copy, { recursive: true })
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** A part of features for another machine's cache. */
export async function featurePart(folder: string): Promise<FlipTarget> {
  const place = join(folder, 'store')
  const untouched = await fill(place)
  const file = join(folder, 'a.part')
  {
    await using store = await openStore(place)
    await writePart(file, { keys, store, shape })
  }
  return {
    files: [file],
    async ask() {
      const there = join(folder, 'there')
      await mkdir(there)
      try {
        await using store = await openStore(there)
        await readPart(file, store)
        const isSame = keys.every((key) => isDeepStrictEqual(store.get(key), untouched.get(key)))
        return isSame ? 'same' : { fault: 'other features came in' }
      } catch (error) {
        if (error instanceof NpluskError) return 'found'
        throw error
      } finally {
        await rm(there, { recursive: true })
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function fill(place: string): Promise<Map<string, Bottleneck>> {
  await using store = await openStore(place)
  for (let i = 0; i < entries.length; i += 10) store.putAll(entries.slice(i, i + 10))
  store.putAll(entries.slice(20, 25))
  return new Map(keys.map((key) => [key, store.read(key)]))
}

/** Reads all entries; those that are missing are computed again. */
async function readStore(
  place: string,
  untouched: ReadonlyMap<string, Bottleneck>,
  mends: boolean,
): Promise<'found' | 'same' | { readonly fault: string }> {
  await using store: BottleneckStore = await openStore(place)
  const missing = entries.filter(([key]) => store.get(key) === undefined)
  const isOther = keys.some((key) => store.has(key) && !isDeepStrictEqual(store.get(key), untouched.get(key)))
  if (isOther) return { fault: 'other features, and nobody says so' }
  if (mends) store.putAll(missing)
  return missing.length > 0 ? 'found' : 'same'
}
