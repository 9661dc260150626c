import type { ImageResult } from '../../answers/answering.js'
import { percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'

type Answered = Extract<ImageResult, { predictions: unknown }>

/** An image's best answers; the increment is shown for added classes only. */
export function describePredictions({ file, predictions, rejected }: Answered, style: Style): string {
  const rows = predictions.map((one, i) => {
    const { probability } = one
    const [label, increment] = [one.label, one.increment].map(printable) as [string, string]
    const cells = [percent(probability), i === 0 ? style.good(label) : label]
    return increment === 'base' || names(label, increment) ? cells : [...cells, style.faint(`(${increment})`)]
  })
  const verdict = rejected ? 'none of these, most likely' : predictions[0]?.unsure ? 'unsure' : undefined
  const title = style.heading(printable(file)) + (verdict === undefined ? '' : `  ${style.faint(verdict)}`)
  return `${title}\n${table(rows, ['right', 'left', 'left'], style.width)}`
}

/** Whether a label contains its increment, as for a class whose own name was taken: `daisy (flowers)`. */
function names(label: string, increment: string): boolean {
  return label.replace(/ \d+$/, '').endsWith(` (${increment})`)
}
