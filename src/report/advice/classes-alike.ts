import { html, type Markup } from '../html.js'
import { photoStrip } from '../photo-strip.js'
import { percent, table } from '../table.js'
import { labelsNeed, unjudgedNote, type AdvicePage } from './context.js'

/** Pairs that are shown with photographs. */
const most = 6

/** Pairs of classes that are taken for each other. */
export function similarSection({ advice, photographs, photoOf }: AdvicePage): Markup {
  const { judged, classes } = advice
  const unjudged = unjudgedNote(judged.labels, classes.length, labelsNeed)
  if (judged.labels === 0) return unjudged
  const similar = advice.similar.filter(({ score }) => score > 0)
  if (similar.length === 0)
    return html`<p>No two classes are taken for each other.</p>
      ${unjudged}`
  const groups = similar.slice(0, most).map(({ labels: [a, b], taken: [first, second], files }) => {
    const title = `${a} and ${b}`
    return html`<div class="large">
      <h3><b>${a}</b> and <b>${b}</b>: ${orNone(first)} of ${a} taken for ${b}, ${orNone(second)} of ${b} for ${a}</h3>
      ${photoStrip(
        files.map((file) => ({
          photo: photoOf(file),
          note: advice.mislabelled.find((one) => one.file === file)?.label ?? '',
        })),
        title,
        photographs,
      )}
    </div> `
  })
  return html`<p>
      Photographs that were left out of training and taken for the other class of a pair. Under each stands the folder
      that it lies in. More photographs of just these classes, or of what tells them apart, help most.
    </p>
    <div class="groups">${groups}</div>
    ${table(
      'Pairs of classes by the share of their photographs that are taken for the other one; a click on a title sorts',
      [
        { title: 'Class', value: ({ labels }) => labels[0] },
        { title: 'and', value: ({ labels }) => labels[1] },
        { title: 'Taken for each other', value: ({ score }) => score, show: ({ score }) => percent(score) },
        { title: 'First for second', value: ({ taken }) => taken[0] },
        { title: 'Second for first', value: ({ taken }) => taken[1] },
      ],
      similar,
      true,
    )}
    ${unjudged}`
}

function orNone(photographs: number): string | number {
  return photographs === 0 ? 'none' : photographs
}

/** Classes that the model knows already. */
export function overlapSection({ advice: { overlap } }: AdvicePage): Markup {
  if (overlap.length === 0) return html`<p>None of the classes is known already.</p>`
  return html`<p>
      The model has these classes already, by their name or because it answers with them. Where both are the same thing,
      make them one; where they are not, a name of its own for the new class avoids confusion.
    </p>
    ${table(
      'Classes that exist already',
      [
        { title: 'New class', value: ({ label }) => label },
        { title: 'Existing class', value: ({ existing }) => existing },
        { title: 'It came with', value: ({ increment }) => (increment === 'base' ? 'the base model' : increment) },
        { title: 'Same name', value: ({ byName }) => (byName ? 'yes' : 'no') },
        {
          title: 'Photographs answered with it',
          value: ({ score }) => score,
          show: ({ score }) => (score === null ? '–' : percent(score)),
        },
      ],
      overlap,
    )}`
}
