import { describe, expect, test } from '@jest/globals'
import { changesBetween, labelsAfter } from '../../src/bundle/changes.js'
import type { Increment } from '../../src/bundle/manifest.js'

const nothing = {
  added: [],
  removed: [],
  grown: [],
  shrunk: [],
  renamed: [],
  increments: { added: [], removed: [], renamed: [] },
}

/** An increment with classes of so many images, whose features lie in a file of that name. */
function increment(name: string, features: string, classes: Readonly<Record<string, number>>): Increment {
  return {
    name,
    features,
    classes: Object.entries(classes).map(([label, images]) => ({ label, folder: label, images })),
  }
}

const flowers = increment('flowers', 'f1', { rose: 5, tulip: 6 })
const renamed: Increment = {
  ...flowers,
  name: 'plants',
  classes: [
    { label: 'tulip', folder: 'rose', images: 5 },
    { label: 'rose', folder: 'tulip', images: 6 },
  ],
}

describe('changesBetween', () => {
  test('finds nothing between equal states', () => {
    expect(changesBetween([flowers], [flowers])).toEqual(nothing)
  })

  test('finds what came and went, with images and increments', () => {
    const birds = increment('birds', 'f2', { owl: 3 })
    const came = { ...nothing, added: [{ label: 'owl', images: 3 }] }
    expect(changesBetween([flowers], [flowers, birds])).toEqual({
      ...came,
      increments: { ...nothing.increments, added: ['birds'] },
    })
    expect(changesBetween([flowers, birds], [flowers])).toEqual({
      ...nothing,
      removed: [{ label: 'owl', images: 3 }],
      increments: { ...nothing.increments, removed: ['birds'] },
    })
  })

  test('counts a class over all increments that it has images in', () => {
    const more = increment('more', 'f2', { rose: 2 })
    const change = { label: 'rose', before: 5, images: 7 }
    expect(changesBetween([flowers], [flowers, more])).toMatchObject({ grown: [change], added: [], shrunk: [] })
    expect(changesBetween([flowers, more], [flowers])).toMatchObject({
      shrunk: [{ label: 'rose', before: 7, images: 5 }],
      removed: [],
    })
  })

  test('knows classes and increments under other names by their images, also where two changed names', () => {
    expect(changesBetween([flowers], [renamed])).toEqual({
      ...nothing,
      renamed: [
        { from: 'rose', to: 'tulip' },
        { from: 'tulip', to: 'rose' },
      ],
      increments: { ...nothing.increments, renamed: [{ from: 'flowers', to: 'plants' }] },
    })
  })

  test('knows a class under another name by its folder where its images lie in another file', () => {
    const left = { ...flowers, features: 'f9', classes: [{ label: 'queen', folder: 'rose', images: 5 }] }
    expect(changesBetween([flowers], [left])).toEqual({
      ...nothing,
      removed: [{ label: 'tulip', images: 6 }],
      renamed: [{ from: 'rose', to: 'queen' }],
    })
  })

  test('knows a class that has the label of one that went, by its folder', () => {
    const left = { ...flowers, features: 'f9', classes: [{ label: 'tulip', folder: 'rose', images: 5 }] }
    expect(changesBetween([flowers], [left])).toEqual({
      ...nothing,
      removed: [{ label: 'tulip', images: 6 }],
      renamed: [{ from: 'rose', to: 'tulip' }],
    })
    expect(changesBetween([left], [flowers])).toEqual({
      ...nothing,
      added: [{ label: 'tulip', images: 6 }],
      renamed: [{ from: 'tulip', to: 'rose' }],
    })
  })

  test('goes by the label where two classes share folders with one', () => {
    const more = { ...increment('more', 'f2', {}), classes: [{ label: 'tulip', folder: 'rose', images: 2 }] }
    const before = [flowers, more]
    const after = [
      { ...flowers, features: 'f8', classes: [{ label: 'rose', folder: 'rose', images: 5 }] },
      { ...more, features: 'f9', classes: [{ label: 'rose', folder: 'rose', images: 2 }] },
    ]
    expect(changesBetween(before, after)).toMatchObject({
      removed: [{ label: 'tulip', images: 8 }],
      grown: [{ label: 'rose', before: 5, images: 7 }],
      renamed: [],
    })
  })
})

describe('labelsAfter', () => {
  test('follows names that changed, and knows no class that went under the name of another', () => {
    const left = { ...flowers, features: 'f9', classes: [{ label: 'tulip', folder: 'rose', images: 5 }] }
    const labelAfter = labelsAfter([flowers], [left])
    expect(['rose', 'tulip', 'cat'].map(labelAfter)).toEqual(['tulip', undefined, 'cat'])
  })

  test('a class of the base model keeps its label when images merged into it go', () => {
    const merged = { ...flowers, classes: [{ label: 'daisy', folder: 'daisy', images: 5, mergedInto: 3 }] }
    expect(labelsAfter([merged], [])('daisy')).toBe('daisy')
  })
})
