import { expect, test } from '@jest/globals'
import { keptOldImages } from '../../src/rehearsal/kept-old-images.js'
import type { LinearHead } from '../../src/head/linear/linear-head.js'
import { refit, type Refit } from '../../src/training/refit.js'
import { checkTrainer, methodOf } from '../../src/training/trainers.js'
import { base, imagesOf } from '../support/tiny-world.js'

const weightOf = ({ heads }: Refit) => (heads[0] as LinearHead).weight

test('both trainers give heads of the same held-out figures', async () => {
  const classes = ['a', 'b'].map((label) => ({ folder: label, label, images: 20 }))
  const increment = { name: 'new', classes }
  const table = imagesOf({ directions: [3, 4], seed: 'new' })
  const rehearsal = imagesOf({ directions: [0, 1, 2], seed: 'old' })
  const [ort, tfjs] = await Promise.all(
    (['onnxruntime', 'tfjs'] as const).map((trainer) =>
      refit([{ increment, table }], keptOldImages(rehearsal), {
        seed: 1,
        prior: 0.5,
        base,
        method: methodOf(trainer, 'cpu', 'softmax'),
      }),
    ),
  )
  // Thresholds are probabilities, which differ by the trainers' rounding as the shifts do; counts do not.
  const thresholdsOf = ({ heldOut }: Refit) => heldOut.perClass.map(({ threshold }) => threshold!)
  const countsOf = ({ heldOut }: Refit) => ({
    ...heldOut,
    perClass: heldOut.perClass.map(({ threshold: _, ...counts }) => counts),
  })
  expect(countsOf(tfjs!)).toEqual(countsOf(ort!))
  thresholdsOf(tfjs!).forEach((one, i) => expect(one).toBeCloseTo(thresholdsOf(ort!)[i]!, 2))
  expect(tfjs!.shifts[0]).toBeCloseTo(ort!.shifts[0]!, 2)
  weightOf(tfjs!).forEach((value, i) => expect(value).toBeCloseTo(weightOf(ort!)[i]!, 1))
})

test('a trainer that is there passes the check', async () => {
  await expect(Promise.all([checkTrainer('onnxruntime'), checkTrainer('tfjs')])).resolves.toBeDefined()
})

test('what is no trainer is refused', async () => {
  await expect(checkTrainer('tensorflow' as never)).rejects.toMatchObject({
    code: 'USAGE',
    message: 'trainer must be onnxruntime or tfjs, not tensorflow.',
  })
})
