import { describe, expect, test } from '@jest/globals'
import { nameIncrement } from '../../src/classes/increment-name.js'

const name = (folders: readonly string[], taken: readonly string[] = [], given?: string) =>
  nameIncrement(given, folders, new Set(taken))

describe('nameIncrement', () => {
  test.each([
    [['photos/flowers'], 'flowers'],
    [['a/flowers/', 'b/birds'], 'flowers+birds'],
    [['textures/train'], 'textures'],
    [['cards/Training', 'cards/val'], 'cards'],
    [['cafe\u0301'], 'caf\u00e9'],
    [Array.from({ length: 60 }, (_, i) => `photos/birds${i}`), 'birds0+59'],
    [['x'.repeat(255)], `${'x'.repeat(60)}…`],
  ])('%j gives %s', (folders, expected) => {
    expect(name(folders)).toEqual({ name: expected, wanted: expected })
  })

  test.each([
    [['daisy'], 'daisy'],
    [['daisy', 'train', 'tulips'], 'daisy+train+tulips'],
    [['a', 'b', 'c', 'd'], 'a+3'],
    [['x'.repeat(255)], `${'x'.repeat(60)}…`],
  ])('classes without a folder, %j, give %s', (labels, expected) => {
    expect(nameIncrement(undefined, [], new Set(), labels)).toEqual({ name: expected, wanted: expected })
  })

  test('a name that is taken, or stands for the old classes, gets a number', () => {
    expect(name(['x/photos'], ['photos'])).toEqual({ name: 'photos-2', wanted: 'photos' })
    expect(name(['x/photos'], ['photos', 'photos-2']).name).toBe('photos-3')
    expect(name(['base']).name).toBe('base-2')
  })

  test.each([
    ['base', 'The name "base" stands for the old classes'],
    ['flowers', 'The bundle already has an increment "flowers"'],
    ['cafe\u0301', 'The bundle already has an increment "caf\u00e9"'],
  ])('"%s" cannot be given', (given, message) => {
    expect(() => name(['x'], ['flowers', 'caf\u00e9'], given)).toThrow(
      expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining(message) }),
    )
  })

  test('a name must be one that a label may have', () => {
    for (const given of ['', ' ', 'a/b']) {
      expect(() => name(['x'], [], given)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }))
    }
  })
})
