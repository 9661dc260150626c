import { expect, test } from '@jest/globals'
import { FoldCurves } from '../../../src/head/linear/fold-curves.js'
import { openMatrixProducts } from '../../../src/head/ort-matrix-products.js'
import { rowWeights } from '../../../src/head/row-weights.js'
import { createRandom } from '../../../src/math/random.js'
import { featureRows, randomSet, soleFeatures } from '../random-set.js'
import { jointSoftmax } from './joint-softmax.js'

const drawn = randomSet({ classes: 3, dim: 2, images: 10, old: 20, merged: true })
// The largest old logit is E_o or somewhat less; of some images of the merged class it is the merged one's own.
const oldBest = drawn.oldLogSumExp.map((all, row) => (row % 6 === 0 ? drawn.oldTarget[row]! : all - 0.4))
const set = { ...drawn, oldBest }
const { count, dim } = soleFeatures(set)
const folds = 2
const fold = Int32Array.from({ length: count }, (_, row) => row % folds)
const random = createRandom('points')
/** Points by problem and step: of two ρ with two folds each, where one fold takes longer. */
const points = [3, 2, 1, 1].map((steps) =>
  Array.from({ length: steps }, () =>
    Float64Array.from({ length: 3 * (dim + 1) }, (_, i) => (i < 3 * dim ? 0.3 : 2) * random.normal()),
  ),
)

test('figures of the images left out are those of the folds, in float64', async () => {
  await using products = await openMatrixProducts()
  const curves = new FoldCurves(set, { fold, folds, logitsOf: (scores) => scores }, [0.1, 0.2], products)
  for (const step of [0, 1, 2]) {
    const active = points.flatMap((own, problem) =>
      own[step] === undefined
        ? []
        : [{ problem, loss: 10 * problem + step, penalty: problem + step / 10, point: () => own[step]! }],
    )
    await curves.add(active)
  }
  const [first, second] = curves.curves()
  expect([first!.regularisation, first!.steps.length]).toEqual([0.1, 3])
  expect([second!.regularisation, second!.steps.length]).toEqual([0.2, 1])
  // The second fold stays where it has come to.
  expect(first!.steps[2]).toMatchObject({ loss: (2 + 11) / 2, penalty: (0.2 + 1.1) / 2 })

  const rows = await featureRows(set)
  const weight = rowWeights(set)
  for (const [step, { heldOut }] of first!.steps.entries()) {
    let [loss, right, leaks, misses] = [0, 0, 0, 0]
    for (const f of [0, 1]) {
      const point = points[f]![Math.min(step, points[f]!.length - 1)]!
      const own = weight.map((one, row) => (fold[row] === f ? one : 0))
      loss += jointSoftmax(set, rows, point.subarray(0, 3 * dim), point.subarray(3 * dim), own).loss
      rows.forEach((features, row) => {
        if (fold[row] !== f) return
        const z = [0, 1, 2].map((c) =>
          features.reduce((sum, value, d) => sum + value * point[c * dim + d]!, point[3 * dim + c]!),
        )
        const label = set.target[row]!
        const isNew = Math.max(...z) > oldBest[row]!
        const isMerged = !isNew && label === 0 && row % 6 === 0
        if (label < 0) leaks += Number(isNew)
        else if (isMerged || (isNew && z.indexOf(Math.max(...z)) === label)) right++
        else if (!isNew) misses++
      })
    }
    expect(heldOut!.loss).toBeCloseTo(loss, 4)
    expect([heldOut!.top1, heldOut!.leak, heldOut!.miss]).toEqual([right / 30, leaks / 20, misses / 30])
    expect(right + leaks + misses).toBeGreaterThan(0)
  }
})
