import { expect, test } from '@jest/globals'
import { rankSteps } from '../../../src/advice/steps/rank.js'
import type { Findings } from '../../../src/advice/steps/weighted-step.js'

const label = (name: string, images = 50) => ({ label: name, images, files: images, grows: null, top1: 0.9 })

const clean: Findings = {
  folder: 'set',
  classes: [label('a'), label('b')],
  images: { given: 100, used: 100, unreadable: 0, duplicate: 0 },
  unreadable: [],
  duplicates: [],
  mislabelled: [],
  outliers: [],
  similar: [],
  overlap: [],
  giveaways: [],
  test: null,
  expected: null,
  learningCurve: [],
  case: 'many-like',
  gainOfCleaning: null,
}

const kinds = (findings: Partial<Findings>) => rankSteps({ ...clean, ...findings }).map(({ kind }) => kind)
const step = (findings: Partial<Findings>, kind: string) =>
  rankSteps({ ...clean, ...findings }).find((one) => one.kind === kind)

const doubtful = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ file: `${i}`, label: 'a', suggested: 'b', score: 0.9, likely: true }))

test('a clean set has its case, and how to go on', () => {
  expect(kinds({})).toEqual(['case', 'ready'])
  expect(step({}, 'ready')!.remedy).toEqual({ kind: 'add-folder', folder: 'set' })
})

test('what spoils the measure comes first, then what brings most, and going on last', () => {
  const point = { low: 0, high: 1, forecast: true }
  const findings: Partial<Findings> = {
    unreadable: [{ file: 'x', reason: 'why' }],
    duplicates: [
      { files: ['a/1', 't/1'], labels: ['a'], kind: 'near', test: 1 },
      { files: ['a/2', 'b/2'], labels: ['a', 'b'], kind: 'exact', test: 0 },
    ],
    mislabelled: doubtful(6),
    gainOfCleaning: { top1: 0.05, how: 'measured' },
    learningCurve: [
      { images: 50, top1: 0.8, ...point },
      { images: 100, top1: 0.83, ...point },
    ],
  }
  expect(kinds(findings)).toEqual([
    'test-duplicates',
    'labels',
    'more-images',
    'contradictions',
    'read-failures',
    'case',
    'ready',
  ])
  expect(step(findings, 'more-images')!.gain).toEqual({ top1: expect.closeTo(0.03, 9) as unknown, how: 'forecast' })
  expect(step(findings, 'labels')!.gain).toEqual({ top1: 0.05, how: 'measured' })
})

test('a measured loss by leaving doubtful images out is said', () => {
  const { message } = step({ mislabelled: doubtful(3), gainOfCleaning: { top1: -0.01, how: 'measured' } }, 'labels')!
  expect(message).toContain('does not help')
  expect(step({ mislabelled: doubtful(3) }, 'labels')!.message).not.toContain('does not help')
})

test('the share of doubtful images is of those that were judged, copies too', () => {
  const judged = [...doubtful(3), ...doubtful(117).map((one) => ({ ...one, likely: false }))]
  expect(step({ mislabelled: judged }, 'labels')!.message).toContain('3 pictures (2.5%) are probably')
})

test('no step names more than twenty files', () => {
  expect(step({ mislabelled: doubtful(60) }, 'labels')!.files).toHaveLength(20)
})

test('classes of few images are named, and otherwise classes of very different size', () => {
  expect(step({ classes: [label('a', 3), label('b', 90)] }, 'few-images')!.message).toContain('"a" 3')
  expect(kinds({ classes: [label('a', 3), label('b', 90)] })).not.toContain('uneven')
  expect(step({ classes: [label('a', 30), label('b', 150)] }, 'uneven')!.message).toContain('"b" has 150')
  expect(kinds({ classes: [label('a', 31), label('b', 150)] })).not.toContain('uneven')
})

test('a class that grows is neither scarce nor of another size by its new images alone', () => {
  const growing = (images: number) => ({ ...label('g', images), grows: 'g' })
  expect(kinds({ classes: [growing(3), label('b', 90)] })).not.toContain('few-images')
  expect(kinds({ classes: [growing(25), label('b', 150)] })).not.toContain('uneven')
  expect(kinds({ classes: [growing(150), label('b', 25)] })).not.toContain('uneven')
})

test('of many classes of few images five are named, and the others counted', () => {
  const few = (count: number) => Array.from({ length: count }, (_, i) => label(`${i}`, 3))
  const said = (count: number) => step({ classes: few(count) }, 'few-images')!.message
  expect(said(5)).toContain('"4" 3. Bring')
  expect(said(6)).toContain('"4" 3 and 1 class more. Bring')
  expect(said(7)).toContain('"4" 3 and 2 classes more. Bring')
})

test('a class that exists by another name is a step only where it gets nearly all of the images', () => {
  const overlap = (score: number) => [{ label: 'a', existing: 'old', increment: 'base', byName: false, score }]
  expect(step({ overlap: overlap(0.9) }, 'overlap')!.remedy).toEqual({ kind: 'merge-lookalike', rename: 'old' })
  expect(kinds({ overlap: overlap(0.6) })).not.toContain('overlap')
  const named = [{ label: 'a', existing: 'a', increment: 'base', byName: true, score: 0.2 }]
  expect(step({ overlap: named }, 'overlap')!.remedy).toEqual({ kind: 'merge-lookalike' })
})

test('classes that grow are one step behind all that is to be done, and no other says to merge them', () => {
  const named = (name: string, increment: string, score: number | null) => ({
    ...{ label: name, existing: name, increment, byName: true, score },
  })
  const overlap = [named('a', 'base', 0.5), named('a', 'first', null), named('b', 'first', null)]
  const classes = [
    { ...label('a'), grows: 'a' },
    { ...label('b'), grows: 'b' },
  ]
  const steps = rankSteps({ ...clean, classes, overlap })
  expect(steps.map(({ kind }) => kind)).toEqual(['case', 'overlap', 'ready'])
  expect(steps[1]).toMatchObject({ gain: null, files: [] })
  expect(steps[1]!.message).toMatch(/^"a" and "b" are .* will grow/)
  expect(steps[1]!.remedy).toBeUndefined()
})

test('a picture in several classes is not the one named first among those in the wrong folder', () => {
  const [copy, other] = doubtful(2)
  const mislabelled = [{ ...copy!, suggested: 'c' }, other!]
  const duplicates = [{ files: ['0', 'x'], labels: ['a', 'c'], kind: 'exact' as const, test: 0 }]
  expect(step({ mislabelled, duplicates }, 'labels')!.message).toContain('looks like "b"')
  expect(step({ mislabelled }, 'labels')!.message).toContain('looks like "c"')
  expect(step({ mislabelled: [mislabelled[0]!], duplicates }, 'labels')!.message).not.toContain('first of all')
})

test('a picture lies in several classes by the folders to learn from, and not by that of the test', () => {
  const copies = { files: ['a/1', 'a/2', 't/1'], labels: ['a', 'b'], testLabels: 1, kind: 'near' as const, test: 1 }
  expect(kinds({ duplicates: [copies] })).toEqual(['test-duplicates', 'case', 'ready'])
  const all = { ...copies, files: ['a/1', 'c/1', 't/1'], labels: ['a', 'c', 'b'] }
  expect(step({ duplicates: [all] }, 'contradictions')!.message).toContain('such as "a" and "c": keep')
})

test('pairs that are rarely taken for each other are no step', () => {
  const pair = (score: number, taken: [number, number]) => [{ labels: ['a', 'b'] as const, score, taken, files: [] }]
  expect(kinds({ similar: pair(0.04, [2, 2]) })).not.toContain('similar')
  expect(kinds({ similar: pair(0.5, [1, 1]) })).not.toContain('similar')
  expect(kinds({ similar: pair(0.2, [6, 4]) })).toContain('similar')
})

test('test images of another kind are a step, with the most telling ones', () => {
  const test = {
    images: [100, 20] as const,
    auroc: 0.9,
    pValue: 0.001,
    differs: true,
    couldTell: true,
    perClass: [],
    telling: [{ file: 't', score: 1 }],
  }
  expect(step({ test }, 'test-shift')!.files).toEqual(['t'])
  expect(kinds({ test: { ...test, differs: false } })).not.toContain('test-shift')
})

test.each(['few-like', 'many-like', 'few-unlike', 'many-unlike'] as const)('the case %s has words', (one) => {
  expect(step({ case: one }, 'case')!.message.length).toBeGreaterThan(40)
})

test('where no picture can be used, there is nothing to learn from and nothing else to do', () => {
  const findings: Partial<Findings> = {
    classes: [label('a', 0)],
    images: { given: 2, used: 0, unreadable: 2, duplicate: 0 },
    unreadable: ['x', 'y'].map((file) => ({ file, reason: 'why' })),
    overlap: [{ label: 'a', existing: 'a', increment: 'base', byName: true, score: null }],
    case: null,
  }
  expect(kinds(findings)).toEqual(['read-failures'])
  expect(step(findings, 'read-failures')!.message).toContain('nothing to learn from')
})

test('where the pictures that can be read lie in several classes, it is not said that none can be read', () => {
  const { message } = step(
    {
      images: { given: 5, used: 0, unreadable: 1, duplicate: 4 },
      unreadable: [{ file: 'x', reason: 'why' }],
      duplicates: [{ files: ['a/1', 'b/1'], labels: ['a', 'b'], kind: 'exact', test: 0 }],
      case: null,
    },
    'read-failures',
  )!
  expect(message).toBe('1 picture cannot be read: mend or remove it.')
})
