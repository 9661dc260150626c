import { describe, expect, test } from '@jest/globals'
import { checkPreprocess, checkView, plainView, type View } from '../../src/image/types.js'

const good = { width: 299, height: 224, resize: 'shorter', cropFraction: 0.875, interpolation: 'bilinear' }

describe('checkPreprocess', () => {
  test('gives back what JSON says, without other fields', () => {
    expect(checkPreprocess(JSON.parse(JSON.stringify({ ...good, extra: 1 })))).toEqual(good)
  })

  test.each([
    ['width', 0],
    ['width', 1.5],
    ['width', '299'],
    ['height', 4097],
    ['resize', 'longer'],
    ['cropFraction', 0],
    ['cropFraction', 1.01],
    ['cropFraction', NaN],
    ['interpolation', 'area'],
  ])('%s = %p is refused by name', (field, value) => {
    expect(() => checkPreprocess({ ...good, [field]: value })).toThrow(new RegExp(`^preprocess\\.${field} must be`))
  })

  test.each([null, 'squash', undefined])('%p is refused', (value) => {
    expect(() => checkPreprocess(value)).toThrow(/^preprocess must be an object/)
  })
})

describe('checkView', () => {
  test('the plain view and the whole crop are fine', () => {
    checkView(plainView)
    checkView({ mirror: true, crop: { left: 0, top: 0, width: 1, height: 1 }, rotate: -45, brightness: 0.1 })
    checkView({ mirror: false, contrast: 0, saturation: 0 })
  })

  test.each<[string, Partial<View>]>([
    ['view.crop', { crop: { left: 0.5, top: 0, width: 0.6, height: 1 } }],
    ['view.crop', { crop: { left: 0, top: 0, width: 0, height: 1 } }],
    ['view.crop', { crop: { left: NaN, top: 0, width: 1, height: 1 } }],
    ['view.rotate', { rotate: 46 }],
    ['view.brightness', { brightness: 0 }],
    ['view.contrast', { contrast: -0.1 }],
    ['view.saturation', { saturation: NaN }],
  ])('%s: %j is refused', (name, change) => {
    expect(() => checkView({ ...plainView, ...change })).toThrow(name)
  })
})
