import { medianOf } from '../math/median.js'
import { argMax } from '../math/softmax.js'
import { soundPictures, type Answers } from './confidence.js'

/** The median over images of the gap between the highest logit and the second; for a single score, between it and 0. */
export function medianMargin(answers: Answers): number {
  const { logits, classes } = answers
  const margins = soundPictures(answers).map((i) => {
    const row = Float64Array.from(classes === 1 ? [0, logits[i]!] : logits.subarray(i * classes, (i + 1) * classes))
    const [second, first] = row.sort().slice(-2)
    return first! - second!
  })
  return margins.length === 0 ? 0 : medianOf(margins)
}

/** The top class of every image; for a single score, 1 where it is positive. */
export function topClasses({ logits, classes }: Answers): number[] {
  return Array.from({ length: logits.length / classes }, (_, i) =>
    classes === 1 ? Number(logits[i]! > 0) : argMax(logits.subarray(i * classes, (i + 1) * classes)),
  )
}
