import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { manifestKey } from '../../src/bundle/layout.js'
import type { Manifest } from '../../src/bundle/manifest.js'
import { sealed, withoutSeal } from '../../src/bundle/seals/model-seal.js'
import { getMetadata } from '../../src/onnx/build.js'
import { decodeModel } from '../../src/onnx/model.js'
import { replaceMetadata } from '../../src/onnx/replace-metadata.js'
import { writeTinyClassifier } from '../support/tiny-classifier-file.js'
import { openWorkplace, type Workplace } from './workplace.js'

let place: Workplace

beforeAll(async () => {
  place = openWorkplace()
  writeTinyClassifier(place.path('net.onnx'), 4)
  const add = place.flowers('flowers', { snowdrop: 5, poppy: 5 })
  await place.json([
    '--add',
    add,
    '--model',
    'net.onnx',
    '--rehearsal',
    'none',
    '--mean',
    '0',
    '--std',
    '1',
    '--out',
    'bundle',
  ])
  place.flowers('more', { orchid: 5 })
})

afterAll(() => place.remove())

/** Everything below the workplace but the cache, by path. */
function all(): string[] {
  return (readdirSync(place.folder, { recursive: true }) as string[]).filter((path) => !path.startsWith('cache')).sort()
}

/** A copy of the bundle with another manifest, in both places where it stands; a seal is no signature, and renewed. */
function forge(name: string, change: (manifest: Manifest) => unknown): void {
  cpSync(place.path('bundle'), place.path(name), { recursive: true })
  const model = withoutSeal(readFileSync(place.path(name, 'model.onnx')))
  const json = JSON.stringify(change(JSON.parse(getMetadata(decodeModel(model), manifestKey)!) as Manifest))
  const forged = Buffer.concat(replaceMetadata(model, { [manifestKey]: json }))
  writeFileSync(place.path(name, 'model.onnx'), sealed(forged))
  writeFileSync(place.path(name, 'bundle.json'), json)
}

describe('a bundle whose manifest names what lies elsewhere', () => {
  test.each([
    '--add more --out deep/er/out',
    '--add more',
    'remove poppy',
    'predict more',
    'classes',
    'export --format onnx --out x.onnx',
  ])('is refused by %s in one sentence, and nothing is written outside', async (args) => {
    const name = `forged-${args.replace(/\W+/g, '-')}`
    mkdirSync(place.path('in', name), { recursive: true })
    forge(join('in', name, 'bundle'), (manifest) => {
      const [increment] = manifest.increments
      const features = increment!.features.replace(/^features-(.*)\.safetensors$/, '../../x-$1.sh')
      return { ...manifest, increments: [{ ...increment, features }] }
    })
    // What it names is there, and is what it says.
    const { features } = (JSON.parse(readFileSync(place.path('bundle', 'bundle.json'), 'utf8')) as Manifest)
      .increments[0]!
    renameSync(
      place.path('in', name, 'bundle', features),
      place.path('in', features.replace(/^features-(.*)\.safetensors$/, 'x-$1.sh')),
    )
    const before = all()
    const { code, stderr } = await place.run([...args.split(' '), '--model', join('in', name, 'bundle'), '--quiet'])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^extend: \S*model\.onnx is damaged: increments\[0\]\.features is missing or not what it must be; .*\.\n$/,
      ),
    })
    expect(all()).toEqual(before)
  })

  test.each<[string, (manifest: Manifest) => unknown]>([
    ['a list of increments that is none', (manifest) => ({ ...manifest, increments: { length: 1 } })],
    ['an increment that is null', (manifest) => ({ ...manifest, increments: [null] })],
    [
      'a label that is a number',
      (manifest) => ({ ...manifest, base: { ...manifest.base, classes: [{ label: 7, names: [] }] } }),
    ],
    ['training that is missing', (manifest) => ({ ...manifest, training: undefined })],
    ['a backbone of text', (manifest) => ({ ...manifest, backbone: 'x' })],
  ])('or has %s ends in one sentence', async (name, change) => {
    forge(name, change)
    for (const command of ['predict', 'evaluate']) {
      const { code, stderr } = await place.run([command, 'more', '--model', name, '--quiet'])
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^extend: .*model\.onnx is damaged: .*\.\n$/),
      })
    }
  })
})
