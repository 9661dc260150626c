import { html, type Markup } from '../html.js'
import { photosAttribute } from '../photo-strip.js'
import type { Matrix } from '../view/matrix.js'
import type { RecordPage } from './context.js'

/** The confusion matrix, as a table whose cells are buttons. */
export function matrixSection({ classes, answers, cells }: Matrix, { photosOf }: RecordPage): Markup {
  const titles = answers.map((label) => html`<th scope="col"><span>${label}</span></th>`)
  const rows = cells.map((row, truth) => {
    const { label } = classes[truth]!
    const count = row.reduce((sum, places) => sum + places.length, 0)
    const filled = row.map((places, answer) => {
      const className = truth === answer ? 'correct' : 'other'
      if (places.length === 0) return html`<td class="${className}"></td>`
      const said = truth === answer ? `${label}, rightly` : `${label}, taken for ${answers[answer]!}`
      const title = `${said}: ${places.length} of ${count}`
      const photos = photosOf(places)
      const share = (places.length / count).toFixed(3)
      if (photos.length === 0) return html`<td class="${className}" style="--share: ${share}">${places.length}</td>`
      return html`<td class="${className}" style="--share: ${share}">
        <button type="button" aria-label="${title}" ${photosAttribute(photos, title)}>${places.length}</button>
      </td>`
    })
    return html`<tr>
      <th scope="row">${label} <span class="faint">(${count})</span></th>
      ${filled}
    </tr> `
  })
  return html`<p>
      A row is what photographs show, a column what the classifier says: so everything on the diagonal, with a green
      border, is right, and everything beside it is a mistake. The darker a cell, the larger its share of the row. Point
      at a number to see its photographs; choose it to see them all.
    </p>
    <p>
      Shown are the new classes and those old classes that mistakes tie them to; all other old classes are one row and
      one
      column.${
        answers.length > classes.length &&
        ' The last column counts those of them that are taken for another one of them.'
      }
    </p>
    <div class="scroll" tabindex="0" role="group" aria-label="What is taken for what">
      <table class="matrix">
        <caption>
          Photographs, by what they show and what they are taken for
        </caption>
        <thead>
          <tr>
            <th scope="col">shows ↓ taken for →</th>
            ${titles}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`
}
