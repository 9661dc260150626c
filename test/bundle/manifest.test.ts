import { describe, expect, test } from '@jest/globals'
import { filesOf } from '../../src/bundle/layout.js'
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
  test('refuses what is nested so deeply that going through it would fill the stack', () => {
    for (const levels of [60, 5_000, 100_000]) {
      const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`
      const json = JSON.stringify({ ...tinyManifest(), later: 'deep' }).replace('"deep"', deep)
      expect(() => parseManifest(json, 'x/bundle.json')).toThrow(
        /^x\/bundle\.json is damaged: all of it is missing or not/,
      )
    }
  })

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
      expect.objectContaining({ code: 'BAD_BUNDLE', remedy: { kind: 'build-again' } }),
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

describe('a manifest with a wrong value in one place', () => {
  const { base, backbone } = tinyManifest()
  const sound = tinyManifest({
    backbone: {
      ...backbone,
      layers: [
        { name: 'block', size: 1, cells: 1, byDefault: true },
        { name: 'bottleneck', size: backbone.dim - 1, cells: 1, byDefault: true },
        { name: 'stem', size: 2, cells: 1, byDefault: false },
      ],
    },
    base: {
      ...base,
      input: {
        values: { channels: 'L', scale: 1, mean: [0.5], std: [0.5] },
        convention: '-1..1',
        source: 'trial',
        sizeSource: 'usual',
        sure: true,
        evidence: 'tried',
      },
    },
    rehearsal: { file: 'rehearsal-0000000000000000.safetensors', source: 'builtin', images: 3 },
    increments: [
      {
        name: 'flowers',
        classes: [
          { folder: 'rose', label: 'rose', images: 3 },
          { folder: 'cat', label: 'cat', mergedInto: 0, images: 2 },
        ],
        features: 'features-0123456789abcdef.safetensors',
        layers: ['bottleneck', 'stem'],
      },
    ],
    training: {
      head: 'auto',
      heads: ['softmax'],
      layers: ['stem', 'bottleneck'],
      layerChoices: [
        {
          taken: 'all',
          tried: [
            { name: 'default', loss: 0.5 },
            { name: 'all', loss: 0.25 },
          ],
        },
      ],
      seed: 1,
      augment: 1,
      prior: 0.5,
      maxOldDrop: 0.01,
      regularisation: 1e-2,
      shifts: [0],
      confidenceQuantiles: [0, 1],
      standoutQuantiles: [-0.5, 7.25],
      heldOut: {
        old: { top1Before: 0.9, top1After: 0.8, count: 10 },
        new: { top1: 0.5, count: 2 },
        leak: 0.1,
        miss: 0,
        perClass: [
          {
            label: 'rose',
            count: 2,
            top1: 0.5,
            averagePrecision: 0.75,
            threshold: 0.4,
            confusedWith: [{ label: 'cat', count: 1 }],
          },
        ],
      },
    },
  })
  const withClasses = (...labels: readonly string[]) => ({
    ...sound.increments[0]!,
    classes: labels.map((label) => ({ folder: label, label, images: 1 })),
  })
  type Path = readonly (string | number)[]
  const wrong = [1e300, -1e300, -1, 0.5, null, true, 'x', '../../x-0123456789abcdef.sh', [], [[]], {}, { a: {} }]

  /** Every place in a value, the containers too. */
  function placesIn(value: unknown, path: Path = []): Path[] {
    const below = typeof value === 'object' && value !== null ? Object.entries(value) : []
    return [path, ...below.flatMap(([key, one]) => placesIn(one, [...path, key]))]
  }

  function withValue(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
    if (key === undefined) return other
    const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
      string,
      unknown
    >
    copy[key] = withValue(copy[key], rest, other)
    return copy
  }

  test('is sound to begin with, and may have fields that are not known', () => {
    const further = { ...sound, later: { anything: [1] }, training: { ...sound.training, laterToo: { top1: 1 } } }
    expect(parseManifest(JSON.stringify(further), 'bundle.json')).toEqual(further)
  })

  test.each([
    ['training.heldOut.old', { ...sound, training: { ...sound.training, heldOut: {} } }],
    [
      'training.heldOut.perClass[0].threshold',
      withValue(sound, ['training', 'heldOut', 'perClass', 0, 'threshold'], 1.5),
    ],
    ['base.input.values', { ...sound, base: { ...sound.base, input: {} } }],
    ['increments[0].classes[1].label', { ...sound, increments: [withClasses('rose', 'rose')] }],
    ['increments[1].classes[0].label', { ...sound, increments: [...sound.increments, withClasses('cat')] }],
    ['backbone.layers[1].name', withValue(sound, ['backbone', 'layers', 1, 'name'], 'block')],
    ['backbone.layers[1].byDefault', withValue(sound, ['backbone', 'layers', 1, 'byDefault'], false)],
    ['backbone.layers[2].byDefault', withValue(sound, ['backbone', 'layers', 2, 'byDefault'], true)],
    ['backbone.layers[1].size', withValue(sound, ['backbone', 'layers', 1, 'size'], backbone.dim)],
    ['backbone.layers', withValue(sound, ['backbone', 'layers'], [])],
    ['backbone.layers', withValue(sound, ['backbone', 'layers'], sound.backbone.layers!.slice(0, 1))],
    ['increments[0].layers[1]', withValue(sound, ['increments', 0, 'layers', 1], 'root')],
    ['increments[0].layers[0]', withValue(sound, ['backbone', 'layers'], undefined)],
    ['training.layers[0]', withValue(sound, ['training', 'layers', 0], 'root')],
    ['training.layerChoices', withValue(sound, ['training', 'layerChoices', 1], null)],
    ['training.layerChoices[0].taken', withValue(sound, ['training', 'layerChoices', 0, 'taken'], 'layout')],
    ['training.layerChoices[0].tried', withValue(sound, ['training', 'layerChoices', 0, 'tried', 0, 'name'], 'all')],
    ['training.heads', withValue(sound, ['training', 'heads', 1], 'svm')],
  ])('names %s', (field, manifest) => {
    expect(() => parseManifest(JSON.stringify(manifest), 'bundle.json')).toThrow(`damaged: ${field} is`)
  })

  test.each<[string, Path, unknown]>([
    ['training.fineTuning.increments', ['training', 'fineTuning', 'increments'], 2],
    ['training.fineTuning.increments', ['increments', 0, 'layers'], ['stem', 'bottleneck']],
    ['training.fineTuning.increments', ['increments', 0, 'layers'], undefined],
    ['training.fineTuning.heldOut', ['training', 'fineTuning', 'heldOut'], []],
    ['training.fineTuning.heldOut', ['training', 'fineTuning', 'heldOut'], [3, 3]],
    ['training.fineTuning.heldOut[0]', ['training', 'fineTuning', 'heldOut', 0], -1],
    ['training.fineTuning.alone.shifts', ['training', 'fineTuning', 'alone', 'shifts'], [0, 0]],
    ['training.fineTuning.alone.heldOut', ['training', 'fineTuning', 'alone', 'heldOut'], 1],
    ['training.fineTuning.loss.tuned', ['training', 'fineTuning', 'loss', 'tuned'], null],
  ])('names %s of fine-tuning', (field, path, value) => {
    const { shifts, confidenceQuantiles, standoutQuantiles, heldOut } = sound.training
    const fineTuning = {
      increments: 1,
      blocks: 8,
      epochs: 24,
      images: 9,
      heldOut: [3, 7],
      loss: { frozen: 0.5, tuned: 0.25 },
      alone: { shifts, confidenceQuantiles, standoutQuantiles, heldOut },
    }
    const tuned = { ...sound, training: { ...sound.training, fineTuning } }
    expect(parseManifest(JSON.stringify(tuned), 'bundle.json')).toEqual(tuned)
    const wrongly = JSON.stringify(withValue(tuned, path, value))
    expect(() => parseManifest(wrongly, 'bundle.json')).toThrow(`damaged: ${field} is`)
  })

  test('is sound without the thresholds that earlier versions did not write', () => {
    const earlier = withValue(sound, ['training', 'heldOut', 'perClass', 0, 'threshold'], undefined)
    expect(() => parseManifest(JSON.stringify(earlier), 'bundle.json')).not.toThrow()
  })

  test('is sound where layers were chosen for some increments alone, or recorded as earlier versions did', () => {
    const some = { ...sound, training: { ...sound.training, layerChoices: [null] } }
    expect(parseManifest(JSON.stringify(some), 'bundle.json')).toEqual(some)
    const untried = { ...sound, training: { ...sound.training, layerChoices: [{ taken: 'all', tried: [] }] } }
    expect(parseManifest(JSON.stringify(untried), 'bundle.json')).toEqual(untried)
    const { layerChoices: _, ...training } = sound.training
    const layerChoice = { taken: 'all', tried: [{ name: 'default', losses: [0.5], gain: 0, error: 0 }] }
    const earlier = { ...sound, training: { ...training, layerChoice } }
    expect(parseManifest(JSON.stringify(earlier), 'bundle.json')).toEqual(earlier)
  })

  test('is sound without the layers and kinds of head that earlier versions did not have', () => {
    const { layers: _, ...oldBackbone } = sound.backbone
    const { head: __, heads: ___, layers: ____, layerChoices: _____, ...training } = sound.training
    const increments = sound.increments.map(({ layers: ______, ...one }) => one)
    const earlier = { ...sound, backbone: oldBackbone, increments, training }
    expect(parseManifest(JSON.stringify(earlier), 'bundle.json')).toEqual(earlier)
  })

  test('is sound with the one shift that earlier versions wrote', () => {
    const { shifts: _, ...training } = sound.training
    const earlier = { ...sound, training: { ...training, shift: -0.7 } }
    expect(parseManifest(JSON.stringify(earlier), 'bundle.json')).toEqual(earlier)
  })

  test.each(placesIn(sound).map((path) => [path.join('.'), path] as const))(
    'in %s is an error or harmless',
    (_, path) => {
      for (const value of [...wrong, undefined]) {
        const json = JSON.stringify(withValue(sound, path, value)) ?? ''
        let read
        try {
          read = parseManifest(json, 'x/bundle.json')
        } catch (error) {
          expect(error).toMatchObject({
            name: 'NpluskError',
            code: 'BAD_BUNDLE',
            message: expect.stringContaining('x/bundle.json'),
          })
          continue
        }
        // What is let through can be worked with, and names files of the bundle alone.
        labelsOf(read)
        for (const name of filesOf(read)) expect(name).toMatch(/^[a-z]+-[0-9a-f]{16}\.(onnx|safetensors)$/)
      }
    },
  )

  test.each<[string, Path, unknown]>([
    ['increments[0].features', ['increments', 0, 'features'], '../../x-0123456789abcdef.safetensors'],
    ['increments[0].features', ['increments', 0, 'features'], '/tmp/features-0123456789abcdef.safetensors'],
    ['increments[0].features', ['increments', 0, 'features'], 'features-0123456789abcdef.safetensors/../../x'],
    ['increments[0].features', ['increments', 0, 'features'], 'model.onnx'],
    ['increments[0].features', ['increments', 0, 'features'], 'features-0123456789abcdef.safetensors\n'],
    ['backbone.file', ['backbone', 'file'], '../backbone-0123456789abcdef.onnx'],
    ['rehearsal.file', ['rehearsal', 'file'], 'bundle.json'],
    ['base.sha256', ['base', 'sha256'], '../../../outside'],
    ['backbone.sha256', ['backbone', 'sha256'], 'F'.repeat(64)],
    ['backbone.dim', ['backbone', 'dim'], 1e12],
    ['preprocess', ['preprocess', 'width'], 1e9],
    ['increments[0].classes[1].mergedInto', ['increments', 0, 'classes', 1, 'mergedInto'], 2],
    ['training.confidenceQuantiles[1]', ['training', 'confidenceQuantiles', 1], '1'],
    ['training.standoutQuantiles[0]', ['training', 'standoutQuantiles', 0], null],
    ['base.classes', ['base', 'classes'], []],
  ])('in %s is named', (field, path, value) => {
    expect(() => parseManifest(JSON.stringify(withValue(sound, path, value)), 'x/bundle.json')).toThrow(
      `x/bundle.json is damaged: ${field} is missing or not what it must be; restore the bundle from a copy, or build it again.`,
    )
  })
})
