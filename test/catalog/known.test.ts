import { describe, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { userInfo } from 'node:os'
import { cacheFolder } from '../../src/catalog/cache-folder.js'
import { nearestNames } from '../../src/catalog/known-nearest.js'
import { hintsOf } from '../../src/backbone/hints.js'
import { inputOf } from '../../src/catalog/known-model.js'
import { findKnownModel, knownModels } from '../../src/catalog/known.js'
import { checkPreprocess } from '../../src/image/types.js'

describe('knownModels', () => {
  test.each(knownModels)('$name is described soundly', (model) => {
    expect(findKnownModel(model.name)).toBe(model)
    const { source, accuracy } = model
    if (source.kind === 'npm') expect(source.integrity).toMatch(/^sha512-[\w+/]{86}==$/)
    else expect(source.sha256).toMatch(/^[0-9a-f]{64}$/)
    if (source.kind === 'url') expect(new URL(source.url).protocol).toBe('https:')
    else expect(source.path.startsWith('/') || source.path.includes('..')).toBe(false)
    expect(source.bytes).toBeGreaterThan(1e6)
    if (accuracy) expect(accuracy).toMatchObject({ source: expect.stringMatching(/^https:/) })
    if (accuracy) expect(accuracy.top1).toBeGreaterThan(0.5)
    expect(checkPreprocess(model.preprocess)).toEqual(model.preprocess)
    expect(hintsOf(inputOf(model))).toMatchObject({ ...model.preprocess, channels: 'RGB' })
  })

  test('have names of their own', () => {
    expect(new Set(knownModels.map(({ name }) => name)).size).toBe(knownModels.length)
  })
})

test('nearestNames puts the smallest change first, whatever the case', () => {
  expect(nearestNames('Inceptionv3', ['mobilenet-v3', 'inception-v4', 'inception-v3'])).toEqual([
    'inception-v3',
    'inception-v4',
    'mobilenet-v3',
  ])
})

describe('cacheFolder', () => {
  const home = join('/', 'home', 'ada')

  test.each([
    [{ home }, join(home, '.cache', 'nplusk')],
    [{ home, xdg: '/var/cache' }, join('/var/cache', 'nplusk')],
    [{ home, xdg: '/var/cache', nplusk: '/data/models' }, '/data/models'],
    [{ home, xdg: '', nplusk: '' }, join(home, '.cache', 'nplusk')],
    [{ home, xdg: 'relative' }, join(home, '.cache', 'nplusk')],
    [{ home: undefined, xdg: '/var/cache' }, join('/var/cache', 'nplusk')],
  ])('%j', (places, expected) => {
    expect(cacheFolder(places)).toBe(expected)
  })

  test('is never a folder in the working folder: without a home it has to be named', () => {
    expect(() => cacheFolder({ home: undefined, xdg: 'relative' })).toThrow('no home folder')
  })

  test.each(['', 'relative'])('a home named "%s" is none: that of the list of users is taken', (named) => {
    const module = new URL('../../src/catalog/cache-folder.js', import.meta.url)
    const script = `import { homeFolder } from '${module.href}'; console.log(homeFolder())`
    const args = ['--input-type=module', '--eval', script]
    const found = execFileSync(process.execPath, args, { env: { ...process.env, HOME: named }, encoding: 'utf8' })
    expect(found).toBe(`${userInfo().homedir}\n`)
  })
})
