import { describe, expect, test } from '@jest/globals'
import { augmentViews, stronglyVariedView, viewKey } from '../../src/image/augment.js'
import { turnedBox } from '../../src/image/region.js'
import { checkView, plainView, type View } from '../../src/image/types.js'

const rounding = 3e-4

function many(): View[] {
  return Array.from({ length: 200 }, (_, index) => augmentViews(6, 1, `picture ${index}`).slice(1)).flat()
}

describe('augmentViews', () => {
  test('none asked for, none given; the first is the mirror image', () => {
    expect(augmentViews(0, 1, 'a')).toEqual([])
    expect(augmentViews(1, 1, 'a')).toEqual([{ mirror: true }])
  })

  test('a smaller count gives the first views of a larger one', () => {
    const five = augmentViews(5, 3, 'rose.jpg')
    for (let count = 0; count < 5; count++) expect(augmentViews(count, 3, 'rose.jpg')).toEqual(five.slice(0, count))
  })

  test('seed and key both count', () => {
    const keys = [augmentViews(2, 1, 'a'), augmentViews(2, 2, 'a'), augmentViews(2, 1, 'b')].map(([, second]) =>
      viewKey(second!),
    )
    expect(new Set(keys).size).toBe(3)
  })

  test('crops, angles and brightness stay mild', () => {
    for (const view of many()) {
      checkView(view)
      const { width, height } = view.crop!
      expect(width * height).toBeGreaterThanOrEqual(0.7 - rounding)
      expect(width / height).toBeGreaterThanOrEqual(3 / 4 - rounding)
      expect(width / height).toBeLessThanOrEqual(4 / 3 + rounding)
      expect(Math.abs(view.rotate!)).toBeLessThanOrEqual(8)
      expect(view.brightness).toBeGreaterThanOrEqual(0.85)
      expect(view.brightness).toBeLessThanOrEqual(1.15)
    }
  })

  test('the turned crop lies inside the picture', () => {
    for (const { crop, rotate } of many()) {
      const { left, top, width, height } = crop!
      const box = turnedBox(width, height, rotate!)
      const [boxLeft, boxTop] = [left + (width - box.width) / 2, top + (height - box.height) / 2]
      expect(Math.min(boxLeft, boxTop)).toBeGreaterThanOrEqual(-rounding)
      expect(Math.max(boxLeft + box.width, boxTop + box.height)).toBeLessThanOrEqual(1 + rounding)
    }
  })

  test('the whole range is used', () => {
    const views = many()
    const mirrored = views.filter((view) => view.mirror).length / views.length
    // 1000 draws: standard deviation .016.
    expect(Math.abs(mirrored - 0.5)).toBeLessThan(0.065)
    expect(Math.max(...views.map((view) => view.rotate!))).toBeGreaterThan(6)
    expect(Math.min(...views.map((view) => view.rotate!))).toBeLessThan(-6)
    expect(Math.max(...views.map((view) => view.crop!.width / view.crop!.height))).toBeGreaterThan(1.2)
    expect(Math.min(...views.map((view) => view.crop!.width / view.crop!.height))).toBeLessThan(0.84)
  })
})

describe('stronglyVariedView', () => {
  const views = Array.from({ length: 1000 }, (_, index) => stronglyVariedView(1, 'picture', index))

  test('colours vary over the whole of their ranges, and the turned crop lies inside the picture', () => {
    for (const view of views) {
      checkView(view)
      const { left, top, width, height } = view.crop!
      const box = turnedBox(width, height, view.rotate!)
      const [boxLeft, boxTop] = [left + (width - box.width) / 2, top + (height - box.height) / 2]
      expect(Math.min(boxLeft, boxTop)).toBeGreaterThanOrEqual(-rounding)
      expect(Math.max(boxLeft + box.width, boxTop + box.height)).toBeLessThanOrEqual(1 + rounding)
      expect(width * height).toBeGreaterThanOrEqual(0.7 - rounding)
      expect(Math.max(width / height, height / width)).toBeLessThanOrEqual(1.1 + rounding)
    }
    const spans = [
      [(view: View) => view.rotate!, -10, 10],
      [(view: View) => view.brightness!, 0.7, 1.3],
      [(view: View) => view.contrast!, 0.75, 1.3],
      [(view: View) => view.saturation!, 0.6, 1.4],
    ] as const
    for (const [valueOf, low, high] of spans) {
      const values = views.map(valueOf)
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low)
      expect(Math.max(...values)).toBeLessThanOrEqual(high)
      // Large angles leave the picture more often, so they are rarer.
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.8 * (high - low))
    }
  })

  test('seed, picture and index all count, and nothing else does', () => {
    expect(stronglyVariedView(1, 'picture', 7)).toEqual(views[7])
    const others = [stronglyVariedView(2, 'picture', 7), stronglyVariedView(1, 'other', 7)]
    expect(new Set([...views, ...others].map(viewKey)).size).toBe(1002)
  })
})

describe('viewKey', () => {
  test('says what differs from the plain view', () => {
    expect(viewKey(plainView)).toBe('plain')
    expect(viewKey({ mirror: true })).toBe('mirror')
    const crop = { left: 0.1, top: 0.05, width: 0.8, height: 0.9 }
    expect(viewKey({ mirror: false, crop, rotate: -2.5, brightness: 1.1 })).toBe(
      'crop0.1,0.05,0.8,0.9 turn-2.5 light1.1',
    )
    expect(viewKey({ mirror: false, contrast: 0.8, saturation: 1.25 })).toBe('contrast0.8 colour1.25')
  })

  test('different views have different keys', () => {
    const views = many()
    expect(new Set(views.map(viewKey)).size).toBe(new Set(views.map((view) => JSON.stringify(view))).size)
    expect(new Set(views.map(viewKey)).size).toBe(views.length)
  })
})
