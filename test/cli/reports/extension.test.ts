import { expect, test } from '@jest/globals'
import { resolve } from 'node:path'
import { describeExtension } from '../../../src/cli/reports/extension.js'
import { styleOf } from '../../../src/cli/style.js'
import type { ExtendResult } from '../../../src/workflow/extend.js'

const plain = styleOf(false)

const result: Omit<ExtendResult, 'records'> = {
  revision: 1,
  bundle: resolve('extended'),
  classes: { base: 1000, added: 2, total: 1002 },
  grown: [],
  increment: { name: 'flowers', labels: ['daisy (flowers)', 'tulips'], images: 151 },
  layers: [{ increment: 'flowers', taken: 'default', read: ['bottleneck'], tried: [] }],
  fineTuning: null,
  head: { asked: 'softmax', kind: 'softmax', tried: [] },
  regularisation: { taken: 3, tried: [] },
  passedOver: [
    { kind: 'text file', count: 4, files: ['a.txt', 'b.txt', 'c.txt', 'd.txt'] },
    { kind: 'video', count: 1, files: ['clip.mov'] },
  ],
  heldOut: {
    old: { top1Before: 0.95, top1After: 0.932, count: 1000 },
    new: { top1: 0.881, count: 151 },
    leak: 0.012,
    miss: 0.063,
    perClass: [
      { label: 'daisy (flowers)', count: 51, top1: 1, confusedWith: [] },
      {
        label: 'tulips',
        count: 100,
        top1: 0.82,
        confusedWith: [
          { label: 'daisy (flowers)', count: 10 },
          { label: 'vase', count: 4 },
          { label: 'pot', count: 2 },
          { label: 'bee', count: 1 },
          { label: 'ant', count: 1 },
        ],
      },
    ],
  },
  augment: {
    asked: 'auto',
    perClass: [
      { label: 'daisy (flowers)', views: 1 },
      { label: 'tulips', views: 0 },
    ],
    probe: { images: 80, without: 0.52, with: 0.48 },
  },
  preprocess: {
    width: 224,
    height: 224,
    resize: 'shorter',
    cropFraction: 0.875,
    interpolation: 'bilinear',
    values: { channels: 'RGB', scale: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    convention: '-1..1',
    source: 'preprocessor_config.json',
    sizeSource: 'usual',
    sure: true,
    evidence: 'as preprocessor_config.json says',
  },
  images: { given: 162, used: 151, unreadable: 1, duplicate: 5, passedOver: 5 },
  nearDuplicates: 1,
  known: 0,
  inSeveralClasses: 0,
  unwritten: [],
  warnings: ['The class "daisy" exists.'],
  seconds: { extract: 30, train: 11.6, total: 42.1 },
}

test('tells what was added, how well, what to mind, where it is and what comes next', () => {
  expect(describeExtension(result, plain)).toBe(
    [
      'Added flowers: 2 classes from 151 images',
      '  daisy (flowers), tulips',
      '  of 162 files:',
      '    4 copies of others',
      '    1 near-duplicate counted with its twin',
      '    1 could not be read',
      '    5 passed over',
      '',
      'The classifier tells 1002 classes apart: 1000 old and 2 added.',
      '',
      'On images held out from training',
      '               images  right  before',
      '  old classes    1000  93.2%   95.0%',
      '  new classes     151  88.1%',
      '  new classes, 95% sure     82–92%',
      '  old taken for new (leak)    1.2%',
      '  new taken for old (miss)    6.3%',
      '',
      'Added classes with mistakes',
      '  tulips: 82.0% of 100 images',
      '    taken for daisy (flowers) 10, vase 4, pot 2, others 2',
      '',
      'How it was learned',
      '  views     each picture, and a variation of those of daisy (flowers); better on pictures left out',
      '  pictures  to 224x224, shape kept, central 87.5%, bilinear; RGB in 0..1, minus 0.5 0.5 0.5, over 0.5 0.5 0.5',
      '            as preprocessor_config.json says',
      '',
      'Warning: The class "daisy" exists.',
      '',
      'Passed over: 4 text files, 1 video',
      '  text file: a.txt, b.txt, c.txt and 1 more',
      '  video: clip.mov',
      '',
      'Bundle  ./extended  in 42 s',
      'Try     extend predict IMAGE',
    ].join('\n'),
  )
})

test('the classes of this addition have figures of their own beside those of earlier ones', () => {
  const increment = { name: 'cards', labels: ['tulips'], images: 100 }
  const rows = describeExtension({ ...result, increment }, plain)
    .split('\n')
    .filter((line) => /^ +(new classes|cards) +\d+ /.test(line))
  expect(rows).toEqual(['  new classes     151  88.1%', '    cards         100  82.0%'])
})

test('one mistake among very many images is seen', () => {
  const heldOut = { ...result.heldOut, new: { top1: 2999 / 3000, count: 3000 }, leak: 1 / 5000 }
  const text = describeExtension({ ...result, heldOut }, plain)
  expect(text).toMatch(/new classes +3000 +>99\.9%\n/)
  expect(text).toMatch(/95% sure +99–100%\n/)
  expect(text).toMatch(/\(leak\) +<0\.1%\n/)
})

test('leaves out what was not measured', () => {
  const text = describeExtension(
    {
      ...result,
      heldOut: { ...result.heldOut, old: null, leak: null, perClass: [] },
      images: { given: 151, used: 151, unreadable: 0, duplicate: 0, passedOver: 0 },
      nearDuplicates: 0,
      warnings: [],
    },
    plain,
  )
  expect(text).not.toMatch(/old classes|leak|Warning|mistakes|of \d+ files|twin/)
})

test('says what was taken for the input, also where it is a guess, one channel, or no more is known', () => {
  const { preprocess } = result
  const guess = { ...preprocess, sure: false, evidence: 'tried' }
  expect(describeExtension({ ...result, preprocess: guess }, plain)).toContain('\n            a guess: tried\n')
  const grey = { ...preprocess, values: { channels: 'L' as const, scale: 255, mean: [0], std: [1] } }
  expect(describeExtension({ ...result, preprocess: grey }, plain)).toContain('; brightness in 0..255\n')
  const old = { ...preprocess, values: null, source: 'bundle', evidence: 'as the bundle was made' }
  expect(describeExtension({ ...result, preprocess: old }, plain)).toContain('; scaled as in the bundle\n')
})

test('names a bundle that is not the current one, so that the next command can be copied', () => {
  expect(describeExtension({ ...result, bundle: resolve('my bundle') }, plain)).toMatch(
    /extend predict IMAGE --model '\.\/my bundle'$/,
  )
  expect(describeExtension({ ...result, bundle: resolve('..', 'shop') }, plain)).toContain(resolve('..', 'shop'))
})

test('names the five hardest of the added classes', () => {
  const perClass = Array.from({ length: 9 }, (_, i) => ({
    label: `class ${i}`,
    count: 10,
    top1: i / 10,
    confusedWith: [{ label: 'other', count: 10 - i }],
  }))
  const text = describeExtension({ ...result, heldOut: { ...result.heldOut, perClass } }, plain)
  expect(text).toContain('The 5 hardest of 9 added classes')
  expect(text.match(/class \d:/g)).toEqual(['class 0:', 'class 1:', 'class 2:', 'class 3:', 'class 4:'])
})

test('counts the images of new classes without those of classes that grew, and says what became of every file', () => {
  const increment = { name: 'more', labels: ['lilies', 'roses'], images: 61 }
  // One of those added to roses is a near-duplicate of one from before.
  const roses = { label: 'roses', before: 20, images: 70, top1Before: null, top1: null }
  const images = { given: 71, used: 60, unreadable: 1, duplicate: 10, passedOver: 0 }
  const counts = { nearDuplicates: 1, known: 4, inSeveralClasses: 2 }
  expect(describeExtension({ ...result, increment, grown: [roses], images, ...counts }, plain)).toMatch(
    [
      'Added more: 1 class from 10 images',
      '  lilies',
      '  roses: 20 + 50 pictures',
      '  of 71 files:',
      '    3 copies of others',
      '    4 that their class had already',
      '    2 in several classes, left out',
      '    1 near-duplicate counted with its twin',
      '    1 could not be read',
      '',
    ].join('\n'),
  )
  const one = { images: { ...images, given: 62, duplicate: 1 }, nearDuplicates: 0, known: 1, inSeveralClasses: 0 }
  expect(describeExtension({ ...result, increment, grown: [roses], ...one }, plain)).toContain(
    '  of 62 files:\n    1 that its class had already\n    1 could not be read\n',
  )
})

test('tells of classes that grew, and of a folder without anything new', () => {
  const roses = { label: 'roses', before: 20, images: 70, top1Before: 0.5, top1: 0.75 }
  const tulips = { label: 'tulips', before: 20, images: 20, top1Before: 0.5, top1: 0.5 }
  const increment = { name: 'more', labels: ['roses'], images: 50 }
  expect(describeExtension({ ...result, increment, grown: [roses, tulips] }, plain)).toMatch(
    [
      'Added more: 50 pictures',
      '  roses: 20 + 50 pictures',
      '    held out, 50.0% were right before, 75.0% are now',
      '  tulips: 20 pictures, none of them new',
      '',
    ].join('\n'),
  )
  const nothing = { ...result, increment: { name: 'more', labels: [], images: 0 }, grown: [tulips] }
  expect(describeExtension(nothing, plain)).toMatch(
    /^Nothing new: the bundle has these pictures already\n {2}tulips: 20 pictures, none of them new\n/,
  )
})
