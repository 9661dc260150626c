import { describe, expect, test } from '@jest/globals'
import type { AddedClass, Increment } from '../../src/bundle/manifest.js'
import type { Warn } from '../../src/core/progress.js'
import { nameClasses, type NamingOptions } from '../../src/classes/labels.js'

const base = [
  { label: 'cat', names: ['cat', 'true cat'] },
  { label: 'daisy', names: ['daisy'] },
]
const incrementOf = (name: string, ...classes: readonly Omit<AddedClass, 'images'>[]): Increment => ({
  name,
  classes: classes.map((one) => ({ ...one, images: 3 })),
  features: 'features.safetensors',
})
const earlier = [incrementOf('flowers', { folder: 'rose', label: 'rose' })]

const folders = (...labels: readonly string[]) => labels.map((label) => ({ label, files: [`${label}/1.jpg`] }))

function name(labels: readonly string[], options: Partial<NamingOptions> = {}) {
  const warnings: Parameters<Warn>[] = []
  const warn: Warn = (...warning) => void warnings.push(warning)
  const classes = nameClasses(folders(...labels), { increment: 'more', base, earlier, warn, ...options })
  return { classes, warnings }
}

describe('nameClasses', () => {
  test('a class is called as its folder and keeps its files', () => {
    expect(name(['tulip', 'iris'])).toEqual({
      classes: [
        { folder: 'tulip', label: 'tulip', files: ['tulip/1.jpg'], grows: false },
        { folder: 'iris', label: 'iris', files: ['iris/1.jpg'], grows: false },
      ],
      warnings: [],
    })
  })

  test('an overlap that there is not is refused', () => {
    const overlap = 'seperate' as never
    expect(() => name(['daisy'], { overlap })).toThrow('overlap must be one of separate, merge, error, not seperate.')
  })

  test('kept apart, a class with an old label bears the increment beside it, and a warning says so', () => {
    const { classes, warnings } = name(['daisy'])
    expect(classes).toEqual([{ folder: 'daisy', label: 'daisy (more)', files: ['daisy/1.jpg'], grows: false }])
    expect(warnings).toEqual([
      [
        'OVERLAP',
        '"daisy" is also the old class 1 (daisy); both are kept, the new one as "daisy (more)".',
        { kind: 'merge-classes' },
      ],
    ])
  })

  test('a synonym or a plural of an old class is warned of, and may keep its own name', () => {
    const { classes, warnings } = name(['daisies', 'true cat'])
    expect(classes.map(({ label }) => label)).toEqual(['daisies', 'true cat'])
    expect(warnings.map(([code]) => code)).toEqual(['OVERLAP', 'OVERLAP'])
  })

  test('a WordNet id names its old class, which is what the new one is called then', () => {
    const known = [{ label: 'goldfish', wnid: 'n01443537', names: ['goldfish'] }]
    expect(name(['n01443537'], { base: known })).toMatchObject({
      classes: [{ folder: 'n01443537', label: 'goldfish (more)' }],
      warnings: [['OVERLAP', expect.stringContaining('the old class 0 (goldfish)'), { kind: 'merge-classes' }]],
    })
    expect(name(['n01443537'], { base: known, overlap: 'merge' }).classes[0]).toMatchObject({ mergedInto: 0 })
  })

  test('labels stay unique, whatever is taken', () => {
    const { classes } = name(['daisy', 'daisy (more)', 'daisy (more) 2'])
    const labels = classes.map(({ label }) => label)
    expect(labels[0]).toBe('daisy (more)')
    expect(new Set([...labels, 'cat', 'daisy', 'rose']).size).toBe(6)
  })

  test('merged, a class bears the old label, whatever its folder is called', () => {
    const { classes, warnings } = name(['tulip', 'Daisies'], { overlap: 'merge' })
    expect(classes).toEqual([
      { folder: 'tulip', label: 'tulip', files: ['tulip/1.jpg'], grows: false },
      { folder: 'Daisies', label: 'daisy', mergedInto: 1, files: ['Daisies/1.jpg'], grows: false },
    ])
    expect(warnings).toEqual([])
  })

  test('two folders that would be merged into one old class are refused', () => {
    expect(() => name(['cat', 'true_cats'], { overlap: 'merge' })).toThrow(
      'The new classes "cat" and "true_cats" are both the old class 0 (cat); put their images into one folder.',
    )
    expect(name(['cat', 'daisy'], { overlap: 'merge' }).classes.map(({ mergedInto }) => mergedInto)).toEqual([0, 1])
  })

  test('an overlap is an error where that was asked for', () => {
    expect(() => name(['tulip', 'daisy'], { overlap: 'error' })).toThrow(
      expect.objectContaining({
        code: 'CONFLICT',
        message: expect.stringContaining('The new class "daisy" is the old class 1 (daisy)'),
      }),
    )
    expect(name(['tulip', 'iris'], { overlap: 'error' }).classes).toHaveLength(2)
  })
})

describe('a class named like one that was added earlier', () => {
  const apart = [incrementOf('flowers', { folder: 'daisy', label: 'daisy (flowers)' })]
  const merged = [incrementOf('flowers', { folder: 'daisy', label: 'daisy', mergedInto: 1 })]

  test.each([undefined, 'merge'] as const)('grows: it keeps its label (overlap %s)', (overlap) => {
    expect(name(['rose'], { overlap })).toEqual({
      classes: [{ folder: 'rose', label: 'rose', files: ['rose/1.jpg'], grows: true }],
      warnings: [],
    })
  })

  test('is known by the folder its pictures came in, also where an old class bears the name too', () => {
    expect(name(['daisy'], { earlier: apart }).classes).toMatchObject([{ label: 'daisy (flowers)', grows: true }])
    expect(name(['daisy (flowers)'], { earlier: apart }).classes).toMatchObject([
      { label: 'daisy (flowers)', grows: true },
    ])
  })

  test('and merged into an old class goes on being it', () => {
    const grown = { label: 'daisy', mergedInto: 1, grows: true }
    expect(name(['daisy'], { earlier: merged }).classes).toMatchObject([grown])
    expect(name(['daisies'], { earlier: merged, overlap: 'merge' }).classes).toMatchObject([grown])
  })

  test('is kept apart where that was asked for, with a warning that both compete', () => {
    const { classes, warnings } = name(['rose'], { overlap: 'separate' })
    expect(classes).toMatchObject([{ label: 'rose (more)', grows: false }])
    expect(warnings).toEqual([
      ['OVERLAP', expect.stringContaining('"rose (more)", and compete'), { kind: 'merge-classes' }],
    ])
  })

  test('is refused where that was asked for', () => {
    expect(() => name(['rose'], { overlap: 'error' })).toThrow(
      expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining('which was added earlier') }),
    )
  })

  test('a label goes before a folder; a folder’s name that means several stops with their list', () => {
    const poppies = [
      incrementOf('a', { folder: 'poppy', label: 'poppy' }),
      incrementOf('b', { folder: 'poppy', label: 'poppy (b)' }),
      incrementOf('c', { folder: 'daisy', label: 'daisy (c)' }, { folder: 'rose', label: 'rose' }),
      incrementOf('d', { folder: 'daisy', label: 'daisy (d)' }),
    ]
    expect(name(['poppy'], { earlier: poppies }).classes[0]!.label).toBe('poppy')
    expect(name(['poppy (b)'], { earlier: poppies }).classes[0]!.label).toBe('poppy (b)')
    expect(() => name(['daisy'], { earlier: poppies })).toThrow('any of the added classes "daisy (c)", "daisy (d)"')
    expect(name(['daisy'], { earlier: poppies, overlap: 'separate' }).classes[0]!.label).toBe('daisy (more)')
  })

  test.each([
    ['n01443537', 'goldfish'],
    ['goldfish', 'n01443537'],
  ])('a WordNet id and its label are one name: %s, then %s', (first, second) => {
    const known = [{ label: 'goldfish', wnid: 'n01443537', names: ['goldfish'] }]
    const fish = [incrementOf('fish', { folder: first, label: 'goldfish (fish)' })]
    expect(name([second], { base: known, earlier: fish }).classes[0]).toMatchObject({
      label: 'goldfish (fish)',
      grows: true,
    })
  })

  test('two folders of one call cannot be the same class', () => {
    expect(() => name(['daisy', 'daisy (flowers)'], { earlier: apart })).toThrow(
      'The new classes "daisy" and "daisy (flowers)" are both the class "daisy (flowers)"',
    )
  })
})

test('names that look alike are warned of', () => {
  const { classes, warnings } = name(['Rose', 'tu\u200blip', 'tulip'])
  expect(classes.map(({ grows }) => grows)).toEqual([false, false, false])
  expect(warnings).toEqual([
    ['CONFUSABLE_NAME', expect.stringContaining('"Rose" and "rose" differ by case')],
    ['CONFUSABLE_NAME', expect.stringContaining('differ by characters that do not show')],
  ])
})

test('names that look like the label of a class that was renamed are warned of, and its own are not', () => {
  const earlier = [incrementOf('first', { folder: 'tul', label: 'Tulip' }, { folder: 'Rose', label: 'rose' })]
  expect(name(['tulip', 'Rose'], { earlier }).warnings.filter(([code]) => code === 'CONFUSABLE_NAME')).toEqual([
    ['CONFUSABLE_NAME', expect.stringContaining('"tulip" and "Tulip" differ by case')],
  ])
})
