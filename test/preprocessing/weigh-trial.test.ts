import { expect, test } from '@jest/globals'
import { usualConventions } from '../../src/backbone/normalisation.js'
import { weigh, type Tried } from '../../src/preprocessing/weigh-trial.js'

const images = 24
const unknown = new Int32Array(images).fill(-1)
const [imagenet, signed, caffe, unit] = usualConventions

/** Answers of two classes that alternate, with logits `apart` from each other and noise drawn from `seed`. */
function answers(apart: number, noise: number, seed: number): Tried['answers'] {
  const logits = new Float32Array(2 * images)
  for (let i = 0; i < images; i++) {
    logits[2 * i] = (i % 2 === 0 ? apart : -apart) / 2 + noise * Math.sin(seed * (i + 1))
    logits[2 * i + 1] = -logits[2 * i]!
  }
  return { logits, classes: 2 }
}

const tried = (convention: Tried['convention'] | undefined, given: Tried['answers'], divergence?: number): Tried => ({
  convention: convention!,
  answers: given,
  divergence,
})

test('of what pictures do not tell apart the first is taken, whichever is a little better', () => {
  const verdict = weigh([tried(imagenet, answers(1, 1, 3)), tried(unit, answers(1, 1, 5))], unknown)
  expect(verdict).toMatchObject({ chosen: imagenet, rival: unit!.name })
  expect(verdict!.margin).toBeLessThan(3)
})

test('conventions under which nearly all answers are the same are no rivals', () => {
  const same = answers(2, 0.1, 3)
  const verdict = weigh([tried(imagenet, same), tried(signed, answers(2.1, 0.1, 3))], unknown)
  expect(verdict).toMatchObject({ margin: Infinity, near: [signed!.name] })
  expect(verdict!.rival).toBeUndefined()
})

test('logits hundreds apart are ruled out, unless the likeliest convention is of that range', () => {
  const huge = tried(caffe, answers(400, 1, 3))
  const plain = tried(unit, answers(2, 1, 5))
  const verdict = weigh([plain, huge], unknown)
  expect(verdict).toMatchObject({ chosen: unit })
  expect(verdict!.scores.find(({ name }) => name === caffe!.name)!.ruledOut).toBe(true)
  expect(weigh([huge, plain], unknown)!.scores.find(({ name }) => name === caffe!.name)!.ruledOut).toBe(false)
})

test('statistics of batch normalisation rule out what diverges', () => {
  const verdict = weigh([tried(imagenet, answers(1, 1, 3), 1.4), tried(unit, answers(1, 1, 5), 0.03)], unknown)
  expect(verdict).toMatchObject({ chosen: unit, margin: Infinity })
})

test('pictures of known class decide', () => {
  const truth = Int32Array.from({ length: images }, (_, i) => i % 2)
  const verdict = weigh([tried(imagenet, answers(-2, 0.5, 3)), tried(unit, answers(2, 0.5, 5))], truth)
  expect(verdict).toMatchObject({ chosen: unit, rival: imagenet!.name })
  expect(verdict!.margin).toBeGreaterThan(3)
})

test('where every answer is the same nothing is taken', () => {
  const flat = { logits: new Float32Array(2 * images), classes: 2 }
  expect(weigh([tried(imagenet, flat), tried(unit, flat)], unknown)).toBeUndefined()
})
