import { describe, expect, test } from '@jest/globals'
import type { Increment } from '../../src/bundle/manifest.js'
import { removalTarget } from '../../src/classes/removal-target.js'

const incrementOf = (name: string, ...classes: readonly (readonly [folder: string, label: string])[]): Increment => ({
  name,
  classes: classes.map(([folder, label]) => ({ folder, label, images: 3 })),
  features: 'features.safetensors',
})

const flowers = incrementOf('flowers', ['rose', 'rose'], ['daisy', 'daisy (flowers)'])
const more = incrementOf('more', ['rose', 'rose'], ['daisy', 'daisy (more)'], ['poppy', 'poppy (B)'])
const poppies = incrementOf('poppies', ['poppy', 'poppy'])
const caf = incrementOf('caf\u00e9', ['th\u00e9', 'th\u00e9'])
const increments = [flowers, more, poppies, caf]

describe('removalTarget', () => {
  test('an increment: its classes, but for those that have pictures elsewhere', () => {
    expect(removalTarget(increments, 'more', undefined)).toEqual({
      placesOf: new Map([['more', new Set([0, 1, 2])]]),
      removed: ['daisy (more)', 'poppy (B)'],
      shrunk: ['rose'],
      alsoNamed: [],
    })
  })

  test('a class: its pictures in every increment', () => {
    expect(removalTarget(increments, 'rose', undefined)).toMatchObject({
      placesOf: new Map([
        ['flowers', new Set([0])],
        ['more', new Set([0])],
      ]),
      removed: ['rose'],
    })
  })

  test('a label goes before the names of folders, over all increments, and the others are named', () => {
    expect(removalTarget(increments, 'poppy', undefined)).toMatchObject({
      placesOf: new Map([['poppies', new Set([0])]]),
      removed: ['poppy'],
      alsoNamed: ['poppy (B)'],
    })
  })

  test('a folder’s name that means several classes stops with their list', () => {
    expect(() => removalTarget(increments, 'daisy', undefined)).toThrow(
      expect.objectContaining({
        code: 'CONFLICT',
        message: '"daisy" may mean any of the classes "daisy (flowers)", "daisy (more)"; name one by its label.',
      }),
    )
  })

  test('a name of both an increment and a class stops, unless it is said which', () => {
    const both = [incrementOf('roses', ['roses', 'roses'], ['tulips', 'tulips'])]
    expect(() => removalTarget(both, 'roses', undefined)).toThrow(
      expect.objectContaining({ code: 'CONFLICT', remedy: { kind: 'say-which' } }),
    )
    expect(removalTarget(both, 'roses', 'class').removed).toEqual(['roses'])
    expect(removalTarget(both, 'roses', 'increment').removed).toEqual(['roses', 'tulips'])
  })

  test('names are compared in NFC', () => {
    expect(removalTarget(increments, 'cafe\u0301', undefined).removed).toEqual(['th\u00e9'])
    expect(removalTarget(increments, 'the\u0301', undefined).removed).toEqual(['th\u00e9'])
  })

  test('a name of nothing is told what there is', () => {
    expect(() => removalTarget(increments, 'rosy', undefined)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringContaining('"rose"') }),
    )
    expect(() => removalTarget([], 'rosy', 'class')).toThrow('no added class "rosy"; nothing was added to it')
    expect(() => removalTarget(increments, 'rose', 'increment')).toThrow('no increment "rose"; it has ')
  })
})
