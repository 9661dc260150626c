import { describe, expect, test } from '@jest/globals'
import type { IncrementFeatures } from '../../src/bundle/parts.js'
import type { AddedHead } from '../../src/head/added-head.js'
import { denseSource } from '../../src/head/feature-source.js'
import { keptOldImages } from '../../src/rehearsal/kept-old-images.js'
import { refit, type RefitOptions } from '../../src/training/refit.js'
import { methodOf } from '../../src/training/trainers.js'
import {
  allFeaturesOf,
  bottleneck,
  grid,
  layeredImages,
  layers,
  plainOldImages,
  type Layered,
} from '../support/layered-images.js'

// Increments whose classes show in different layers.

/** Classes are plain to see where they show. */
const height = 6

type Shows = Layered['shows']

function incrementOf(name: string, classes: number, shows: Shows): IncrementFeatures {
  const labels = Array.from({ length: classes }, (_, i) => `${name} ${i}`)
  return {
    increment: { name, classes: labels.map((label) => ({ folder: label, label, images: 40 })) },
    table: layeredImages({ classes, count: 40, shows, height, seed: name }),
  }
}

const usual = incrementOf('usual', 2, () => [bottleneck])
const laidOut = incrementOf('laid out', 3, () => [grid])
/** More images of a class of the first one. */
const more: IncrementFeatures = {
  increment: { name: 'more', classes: [{ folder: 'usual 0', label: 'usual 0', images: 40 }] },
  table: layeredImages({ classes: 1, count: 40, shows: () => [bottleneck], height, seed: 'more' }),
}
const oldImages = keptOldImages(plainOldImages())
const options: RefitOptions = {
  seed: 1,
  prior: 0.5,
  base: ['old 0', 'old 1'].map((label) => ({ label, names: [label] })),
  offered: layers,
}
/** What is read where the layout is taken: the usual layers and the grid. */
const laid = layers.map(({ name }) => name).filter((name) => name !== 'middle')
const readBy = (heads: readonly AddedHead[]) => heads.map((head) => head.layers?.map(({ name }) => name))

/** Share of fresh images of an increment that get the column of their class among those of all heads. */
async function accuracy(heads: readonly AddedHead[], first: number, classes: number, shows: Shows): Promise<number> {
  const fresh = layeredImages({ classes, count: 40, shows, height, seed: 'fresh' })
  const features = allFeaturesOf(fresh)
  const source = denseSource(Float32Array.from(features.flat()), features[0]!.length)
  const scores = await Promise.all(heads.map((head) => head.score(source)))
  const right = features.filter((_, row) => {
    const logits = heads.flatMap(({ columns }, h) => [...scores[h]!.subarray(row * columns, (row + 1) * columns)])
    const answer = Math.max(...logits) > fresh.oldBest[row]! ? logits.indexOf(Math.max(...logits)) : -1
    return answer === first + fresh.label[row]!
  })
  return right.length / features.length
}

describe('increments whose classes show in different layers', () => {
  test('have heads that read different ones, trained together; one without columns stands between them', async () => {
    const { heads, layerChoices, trainedOn, heldOut } = await refit([usual, more, laidOut], oldImages, options)
    expect(heads.map(({ columns }) => columns)).toEqual([2, 0, 3])
    expect([readBy(heads)[0], readBy(heads)[2]]).toEqual([undefined, laid])
    expect(layerChoices.map((choice) => choice && [choice.taken, choice.tried.map(({ name }) => name)])).toEqual([
      ['default', ['default', 'all', 'layout']],
      null,
      ['layout', ['default', 'all', 'layout']],
    ])
    expect(trainedOn.choices!.map((choice) => choice?.name)).toEqual([
      undefined,
      undefined,
      'layout',
      'layout',
      'layout',
    ])
    expect(await accuracy(heads, 0, 2, () => [bottleneck])).toBeGreaterThan(0.9)
    expect(await accuracy(heads, 2, 3, () => [grid])).toBeGreaterThan(0.9)
    expect(heldOut.new.top1).toBeGreaterThan(0.9)
  })

  test('stand in the order of the increments, the grid first as well', async () => {
    const { heads } = await refit([laidOut, usual], oldImages, options)
    expect(heads.map(({ columns }) => columns)).toEqual([3, 2])
    expect(readBy(heads)).toEqual([laid, undefined])
    expect(await accuracy(heads, 0, 3, () => [grid])).toBeGreaterThan(0.9)
    expect(await accuracy(heads, 3, 2, () => [bottleneck])).toBeGreaterThan(0.9)
  })

  test('have heads that read the same where the kind has all columns read alike', async () => {
    const method = methodOf('onnxruntime', 'cpu', 'mlp')
    const { heads, layerChoices } = await refit([usual, laidOut], oldImages, { ...options, method })
    expect(heads.map(({ kind, columns }) => [kind, columns])).toEqual([
      ['mlp', 2],
      ['mlp', 3],
    ])
    const [first, other] = readBy(heads)
    expect(first).toEqual(other)
    expect(layerChoices[0]!.taken).toBe(layerChoices[1]!.taken)
  })

  test('have the layers that are asked for, all alike, and nothing is chosen', async () => {
    const { heads, layerChoices } = await refit([usual, laidOut], oldImages, { ...options, layers: ['middle'] })
    expect(readBy(heads)).toEqual([['middle'], ['middle']])
    expect(layerChoices).toEqual([null, null])
    const { heads: plain } = await refit([usual, laidOut], oldImages, { ...options, layers: 'default' })
    expect(readBy(plain)).toEqual([undefined, undefined])
    expect(await accuracy(plain, 0, 2, () => [bottleneck])).toBeGreaterThan(0.9)
    // What these classes show, the usual layers do not tell.
    expect(await accuracy(plain, 2, 3, () => [grid])).toBeLessThan(0.5)
  })

  test('are chosen for alone beside a frozen one, whose head stays as it is', async () => {
    const { heads: frozen } = await refit([laidOut], oldImages, options)
    const { heads, layerChoices } = await refit([laidOut, usual], oldImages, { ...options, frozen })
    expect(heads[0]).toBe(frozen[0])
    expect(readBy(heads)).toEqual([laid, undefined])
    expect(layerChoices.map((choice) => choice?.taken)).toEqual([undefined, 'default'])
    expect(await accuracy(heads, 0, 3, () => [grid])).toBeGreaterThan(0.9)
    expect(await accuracy(heads, 3, 2, () => [bottleneck])).toBeGreaterThan(0.9)
  })

  test('stay as they are beside old images that lack what they read, and others read the usual ones', async () => {
    const { heads: frozen } = await refit([laidOut], oldImages, options)
    const { further: _, ...alone } = plainOldImages()
    const { heads, layerChoices } = await refit([laidOut, usual], keptOldImages(alone), { ...options, frozen })
    expect(heads[0]).toBe(frozen[0])
    expect([readBy(heads), layerChoices]).toEqual([
      [laid, undefined],
      [null, null],
    ])
    expect(await accuracy(heads, 0, 3, () => [grid])).toBeGreaterThan(0.9)
    expect(await accuracy(heads, 3, 2, () => [bottleneck])).toBeGreaterThan(0.9)
  })
})
