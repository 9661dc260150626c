import { rejecter, type RejectionQuantiles } from '../../calibration/reject.js'
import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import { withCommands } from '../command.js'
import { html, type Content } from '../html.js'
import { percent, table } from '../table.js'

/** What is known about rejecting images of no known class. */
export interface Rejecting {
  readonly quantiles: RejectionQuantiles
  /** How the rate is given to whatever classifies, in the words of the caller. */
  readonly hint?: string | undefined
}

const rates = [0.01, 0.02, 0.05, 0.1, 0.2]

/** What rejecting by a rate would make of the photographs; nothing where it is not possible. */
export function rejection({ quantiles, hint }: Rejecting, records: readonly ImageRecord[]): Content {
  if (quantiles.confidenceQuantiles.length === 0) return ''
  const right = records.filter(({ error }) => error === null).length
  const rows = rates.map((rate) => {
    const isRejected = rejecter(quantiles, rate)
    const rejected = records.filter(({ answers, standout }) =>
      isRejected({ confidence: answers[0]!.probability, standout }),
    )
    return { rate, rejected: rejected.length, right: rejected.filter(({ error }) => error === null).length }
  })
  return html`<h3>Photographs of none of the classes</h3>
    <p>
      What shows something else altogether gets one of the names all the same. By a rate of rejection, the photographs
      that most likely show none of the classes are marked. Of those that do show one, about as many as the rate says
      are marked by mistake, as measured when the classes were added.${hint !== undefined && [' ', withCommands(hint)]}
    </p>
    <p>This is what each rate would mark in this report:</p>
    ${table(
      'Marked as none of the classes',
      [
        { title: 'Rate', value: ({ rate }) => rate, show: ({ rate }) => percent(rate) },
        {
          title: 'Marked',
          value: (row) => row.rejected,
          show: (row) => `${row.rejected} of ${records.length} (${percent(row.rejected / records.length)})`,
        },
        {
          title: 'Wrong answers marked',
          value: (row) => row.rejected - row.right,
          show: (row) => `${row.rejected - row.right} of ${records.length - right}`,
        },
        { title: 'Right answers marked', value: (row) => row.right, show: (row) => `${row.right} of ${right}` },
      ],
      rows,
    )}`
}
