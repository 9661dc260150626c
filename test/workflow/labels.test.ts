import { describe, expect, test } from '@jest/globals'
import type { Increment } from '../../src/bundle/manifest.js'
import { nameClasses, type NamingOptions } from '../../src/workflow/labels.js'

const base = [
  { label: 'cat', names: ['cat', 'true cat'] },
  { label: 'daisy', names: ['daisy'] },
]
const earlier: Increment[] = [
  { name: 'flowers', classes: [{ folder: 'rose', label: 'rose', images: 3 }], features: 'features.safetensors' },
]

const folders = (...labels: readonly string[]) => labels.map((label) => ({ label, files: [`${label}/1.jpg`] }))

function name(labels: readonly string[], options: Partial<NamingOptions> = {}) {
  const warnings: [code: string, message: string][] = []
  const warn = (...warning: [string, string]) => void warnings.push(warning)
  const classes = nameClasses(folders(...labels), { increment: 'more', overlap: 'separate', base, earlier, warn, ...options }) // prettier-ignore
  return { classes, warnings }
}

describe('nameClasses', () => {
  test('a class is called as its folder and keeps its files', () => {
    expect(name(['tulip', 'iris'])).toEqual({
      classes: [
        { folder: 'tulip', label: 'tulip', files: ['tulip/1.jpg'] },
        { folder: 'iris', label: 'iris', files: ['iris/1.jpg'] },
      ],
      warnings: [],
    })
  })

  test('kept apart, a class with an old label bears the increment beside it, and a warning says so', () => {
    const { classes, warnings } = name(['daisy'])
    expect(classes).toEqual([{ folder: 'daisy', label: 'daisy (more)', files: ['daisy/1.jpg'] }])
    expect(warnings).toEqual([
      [
        'OVERLAP',
        '"daisy" is also the old class 1 (daisy); both are kept, the new one as "daisy (more)". Use --overlap merge to make them one.',
      ],
    ])
  })

  test('a synonym or a plural of an old class is warned of, and may keep its own name', () => {
    const { classes, warnings } = name(['daisies', 'true cat'])
    expect(classes.map(({ label }) => label)).toEqual(['daisies', 'true cat'])
    expect(warnings.map(([code]) => code)).toEqual(['OVERLAP', 'OVERLAP'])
  })

  test('a class of an earlier increment is kept apart, without a warning', () => {
    const { classes, warnings } = name(['rose'])
    expect([classes[0]!.label, warnings]).toEqual(['rose (more)', []])
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
      { folder: 'tulip', label: 'tulip', files: ['tulip/1.jpg'] },
      { folder: 'Daisies', label: 'daisy', mergedInto: 1, files: ['Daisies/1.jpg'] },
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
    expect(name(['tulip', 'rose'], { overlap: 'error' }).classes).toHaveLength(2)
  })

  test.each([
    ['base', 'The name "base" stands for the old classes'],
    ['flowers', 'The bundle already has an increment "flowers"'],
  ])('an increment cannot be called "%s"', (increment, message) => {
    expect(() => name(['tulip'], { increment })).toThrow(
      expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining(message) }),
    )
  })

  test('an increment needs a name that a label may have', () => {
    for (const increment of ['', ' ', 'a/b']) {
      expect(() => name(['tulip'], { increment })).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }))
    }
  })
})
