import type { TestComparison } from '../../advice/findings.js'
import { fewestToTrust } from '../../advice/fewest-to-trust.js'
import { count } from '../../core/numbers.js'
import { html, type Markup } from '../html.js'
import { photoStrip } from '../photo-strip.js'
import { bar, percent, table } from '../table.js'
import { typicalOf, type AdvicePage } from './context.js'

/** Telling photographs that are seen at once, and in the window at all. */
const shown = 16
const mostTelling = 200
/** A score from which an image is taken for one of the other set. */
const telling = 0.5

/** How the photographs that it will meet differ from those that it learns from. */
export function testSection(test: TestComparison, { advice, noted, photographs }: AdvicePage): Markup {
  const { images, auroc, pValue, differs, couldTell, perClass } = test
  const items = test.telling.filter(({ score }) => score > telling).slice(0, mostTelling)
  const title = 'Test photographs least like those of the folder'
  const reference = typicalOf(advice)
  return html`<p>
      ${count(images[0], 'photograph')} of the folder and ${count(images[1], 'test photograph')} were compared, within
      their class where that is known: a classifier tried to tell which set a photograph is from. Of one of each, it is
      right in <b>${percent(auroc)}</b> of the cases; guessing gives 50 %.
    </p>
    <p class="note">
      ${
        differs
          ? html`<b>The two sets differ</b> beyond chance (p ${probability(pValue)}). That is the usual reason why
              training looks well and use does not. Look at what the photographs below have in common, and take such
              photographs to learn from as well.`
          : couldTell
            ? html`No difference beyond chance was found (p ${probability(pValue)}):
              ${
                Math.min(...images) < fewestToTrust
                  ? 'of so few photographs, only a large one would show.'
                  : 'what is measured on the one should hold for the other.'
              }`
            : html`With so few photographs, no difference could have been found (p ${probability(pValue)}): whether what
              is measured on the one holds for the other is not known.`
      }
    </p>
    ${
      differs &&
      items.length > 0 &&
      html`<h3>The most telling test photographs</h3>
        ${photoStrip(
          noted(items, ({ score }) => percent(score)),
          title,
          photographs,
          shown,
        )}
        <h3>Typical photographs of the folder, to compare with</h3>
        ${photoStrip(
          noted(reference, ({ label }) => label),
          'Typical photographs of the folder',
          photographs,
        )}`
    }
    ${
      perClass.length > 1 &&
      table(
        'How well the two sets are told apart, by class; 50 % is guessing',
        [
          { title: 'Class', value: ({ label }) => label },
          { title: 'Test photographs', value: (one) => one.images },
          { title: 'Told apart', value: (one) => one.auroc, show: (one) => bar(one.auroc) },
        ],
        perClass,
        true,
      )
    }`
}

function probability(value: number): string {
  return value < 0.001 ? '< 0.001' : `= ${value.toFixed(3)}`
}
