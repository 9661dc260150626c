import { expect, test } from '@jest/globals'
import { findGiveaways } from '../../../src/advice/faults/giveaways.js'
import type { Look } from '../../../src/image/look.js'
import { createRandom } from '../../../src/math/random.js'

const names = ['a', 'b', 'c']
const images = Array.from({ length: 60 }, (_, i) => ({ file: `${i}`, column: i % 3 }))

/** Pictures that differ at random, those of class b as told. */
function looks(ofB: (look: Look, i: number) => Partial<Look>): Look[] {
  const random = createRandom('looks')
  return images.map(({ column }, i) => {
    const look: Look = {
      width: 200 + random.integer(400),
      height: 200 + random.integer(400),
      format: 'JPEG',
      jpegQuality: 80 + random.integer(15),
      camera: undefined,
      brightness: 60 + 130 * random.next(),
      contrast: 30 + 40 * random.next(),
      colourfulness: 5 + 30 * random.next(),
      luma: new Uint8Array(),
    }
    return column === 1 ? { ...look, ...ofB(look, i) } : look
  })
}

test('pictures that differ at random give nothing away', () => {
  expect(
    findGiveaways(
      images,
      looks(() => ({})),
      names,
    ),
  ).toEqual([])
})

test.each([
  ['jpeg-quality', () => ({ jpegQuality: 20 }), 20],
  ['brightness', () => ({ brightness: 20 }), 20],
  ['pixels', () => ({ width: 32, height: 32 }), 1024],
] as const)('a class of another %s is named', (attribute, ofB, value) => {
  const [first, ...more] = findGiveaways(images, looks(ofB), names).filter((one) => one.attribute === attribute)
  expect(first).toMatchObject({ label: 'b', attribute, value, score: 1 })
  expect(more).toEqual([])
})

test('a camera that took most pictures of one class and none of the others is named, with its shares', () => {
  const found = findGiveaways(
    images,
    looks((_, i) => (i === 1 ? {} : { camera: 'Canon X' })),
    names,
  )
  expect(found).toEqual([
    { label: 'b', attribute: 'camera', value: 'Canon X', others: 'unknown', shares: [0.95, 0], score: 0.95 },
  ])
})

test('what others have instead is another name, even where no other one is as common among them', () => {
  const [found] = findGiveaways(
    images,
    looks(() => ({ camera: 'Canon X' })).map((look, i) =>
      images[i]!.column === 1 ? look : { ...look, camera: i < 12 ? 'Canon X' : `Camera ${i % 7}` },
    ),
    names,
  )
  expect(found).toMatchObject({ label: 'b', attribute: 'camera', value: 'Canon X', shares: [1, 0.2] })
  expect(found!.others).toMatch(/^Camera/)
})

test('the score is |2 AUROC − 1|, counted pair by pair', () => {
  const all = looks((look) => ({ jpegQuality: look.jpegQuality! - 12 }))
  const [found] = findGiveaways(images, all, names)
  const quality = (isB: boolean) =>
    all.flatMap((look, i) => ((images[i]!.column === 1) === isB ? [look.jpegQuality!] : []))
  let wins = 0
  for (const b of quality(true)) for (const other of quality(false)) wins += b > other ? 1 : b === other ? 0.5 : 0
  expect(found!.score).toBeCloseTo(Math.abs((2 * wins) / (20 * 40) - 1), 10)
})

test('pictures that could not be looked at, and classes of few, are left out', () => {
  const some = looks(() => ({ brightness: 0 })).map((look, i) => (i < 45 ? undefined : look))
  expect(findGiveaways(images, some, names)).toEqual([])
  expect(findGiveaways([], [], names)).toEqual([])
})
