import { describe, expect, test } from '@jest/globals'
import { calibrate } from '../../src/calibration/calibrate.js'
import { chooseShift } from '../../src/calibration/choose-shift.js'
import { heldOutFigures, newColumns } from '../../src/calibration/held-out-figures.js'
import { probeShift } from '../../src/calibration/probe.js'
import { rejectionQuantiles } from '../../src/calibration/reject.js'
import { heldOutAnswers, imagesOf, namesOf } from './answers.js'

const answers = heldOutAnswers([
  { old: [4, 0], added: [1], showsOld: 0 },
  { old: [0, 2], added: [1.5], showsOld: 1 },
  { old: [1, 0], added: [3], shows: 0 },
  { old: [2, 0], added: [2.5], shows: 0 },
])
const names = namesOf(answers)
const limits = { prior: 0.15, maxOldDrop: 0.4 }

describe('calibrate', () => {
  test('goes by the old images that were held out, and tells how it then does', () => {
    const shifts = chooseShift(answers, limits)
    const images = imagesOf(answers, shifts)
    expect(calibrate(answers, names, limits)).toEqual({
      shifts,
      records: images.records,
      images: images.images,
      newColumns: newColumns(names.added),
      figures: heldOutFigures(images, names.added),
      ...rejectionQuantiles(images.records),
      madeUpLeak: undefined,
    })
  })

  test('goes by a probe where there is one, and then says nothing of old images', () => {
    const probe = Float64Array.of(-5, -4, -3, 1)
    const { shifts, leak } = probeShift(probe, 1, limits)
    const { records: all, images: numbers, scores } = imagesOf(answers, shifts)
    const records = all.slice(2)
    const images = numbers.slice(2)
    const own = { ...scores, probabilities: scores.probabilities.slice(2) }
    expect(calibrate(answers, names, { ...limits, probe })).toEqual({
      shifts,
      records,
      images,
      newColumns: newColumns(names.added),
      figures: heldOutFigures({ records, images, scores: own }, names.added),
      ...rejectionQuantiles(all),
      madeUpLeak: leak,
    })
    expect(calibrate(answers, names, { ...limits, probe }).figures.old).toBeNull()
  })
})
