import { describe, expect, test } from '@jest/globals'
import { bundleFormat, labelsOf, parseManifest } from '../../src/bundle/manifest.js'
import { tinyManifest } from './tiny-bundle.js'

describe('labelsOf', () => {
  test("gives the base's classes first, then each increment's own, in order; merged ones are there already", () => {
    const increments = [
      {
        name: 'flowers',
        features: 'f',

        classes: [
          { folder: 'rose', label: 'rose', images: 3 },
          { folder: 'cat', label: 'cat', mergedInto: 0, images: 2 },
        ],
      },
      { name: 'birds', features: 'g', classes: [{ folder: 'wren', label: 'wren', images: 1 }] },
    ]
    expect(labelsOf(tinyManifest({ increments }))).toEqual([
      { index: 0, label: 'cat', increment: 'base', wnid: 'n00000001' },
      { index: 1, label: 'dog', increment: 'base' },
      { index: 2, label: 'rose', increment: 'flowers' },
      { index: 3, label: 'wren', increment: 'birds' },
    ])
  })
})

describe('parseManifest', () => {
  test('reads back what was written', () => {
    const manifest = tinyManifest()
    expect(parseManifest(JSON.stringify(manifest), 'bundle.json')).toEqual(manifest)
  })

  test('says what to do about a newer format, and an older one', () => {
    const parse = (format: number) => parseManifest(JSON.stringify({ format }), 'x/bundle.json')
    expect(() => parse(bundleFormat + 1)).toThrow(
      expect.objectContaining({
        code: 'BAD_BUNDLE',
        data: { format: bundleFormat + 1 },
        message: expect.stringMatching(/^x\/bundle\.json is of bundle format 2, .*; update nplusk to use it\.$/),
      }),
    )
    expect(() => parse(bundleFormat - 1)).toThrow(
      expect.objectContaining({ code: 'BAD_BUNDLE', message: expect.stringContaining('build it again') }),
    )
  })

  const whole = JSON.stringify(tinyManifest())
  const without = (field: string) => JSON.stringify({ ...tinyManifest(), [field]: undefined })
  test.each([
    ['empty', ''],
    ['cut off', whole.slice(0, -10)],
    ['null', 'null'],
    ['a number', '3'],
    ['a list', '[]'],
    ['another object', '{"name": "x"}'],
    ['of a format that is no number', whole.replace(/"format":\d+/, '"format":"1"')],
    ...['revision', 'base', 'backbone', 'preprocess', 'rehearsal', 'increments'].map((field) => [
      `without ${field}`,
      without(field),
    ]),
  ])('names a manifest that is %s', (_, json) => {
    expect(() => parseManifest(json!, 'x/bundle.json')).toThrow(
      expect.objectContaining({
        code: 'BAD_BUNDLE',
        message: expect.stringMatching(/^x\/bundle\.json is damaged: .*; restore the bundle from a copy, .*\.$/),
      }),
    )
  })
})
