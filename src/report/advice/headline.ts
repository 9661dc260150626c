import type { Estimate } from '../../advice/estimate.js'
import type { AdviceStep } from '../../advice/steps.js'
import { count, tenths } from '../../core/numbers.js'
import { withOptions } from '../command.js'
import { html, type Content, type Markup } from '../html.js'
import { hereTheyAre, photosButton } from '../photo-strip.js'
import { percent, signed } from '../table.js'
import type { AdvicePage } from './context.js'

/**
 * The large figures, and what to do in order.
 *
 * @param sentence a step in words, with what to do about it
 */
export function headline(page: AdvicePage, sentence: (step: AdviceStep) => string): Markup {
  const { advice, photoOf } = page
  const steps = advice.advice.map((step) => {
    const text = sentence(step)
    const photos = step.files.map(photoOf)
    return html`<li>
      ${withOptions(text)}${gainOf(step)} ${photos.length > 0 && photosButton(hereTheyAre(photos.length), photos, text)}
    </li>`
  })
  return html`<ul class="figures">
      ${figures(page)}
    </ul>
    <h2 class="more">What to do, the most useful first</h2>
    ${
      steps.length === 0
        ? html`<p class="note">Nothing stands out: the photographs can be learned as they are.</p>`
        : html`<ol class="findings">
            ${steps}
          </ol>`
    }`
}

/** What the range of the expected accuracy is for. */
export function testSize({ testImages }: Estimate): string {
  return testImages === undefined ? '' : `, in a test of ${testImages}`
}

function figures({ advice }: AdvicePage): Content {
  const { expected, images, classes, judged, mislabelled, learningCurve, test } = advice
  const likely = mislabelled.filter(({ likely: is }) => is).length
  const left = [
    images.duplicate > 0 && `${images.duplicate} more ${images.duplicate === 1 ? 'is a copy' : 'are copies'}`,
    images.unreadable > 0 && `${images.unreadable} cannot be read`,
  ].filter((one) => one !== false)
  const [all, doubled] = learningCurve.filter(({ forecast }) => forecast)
  return [
    expected &&
      html`<li>
        Expected of new photographs<strong>${percent(expected.top1)}</strong>
        <p>answered rightly, among all old and new classes</p>
        <p class="faint">range ${percent(expected.low)} to ${percent(expected.high)}${testSize(expected)}</p>
        ${test?.differs && html`<p><b>not of the test photographs</b>, which are of another kind</p>`}
      </li>`,
    html`<li>
      Photographs<strong>${images.used}</strong>
      <p>of ${count(classes.length, 'class')}</p>
      <p class="faint">${left.length === 0 ? 'all different, all readable' : left.join('; ')}</p>
    </li>`,
    judged.labels > 0 &&
      html`<li>
        Probably in the wrong folder<strong>${likely}</strong>
        <p>of ${count(mislabelled.length, 'photograph')}</p>
      </li>`,
    all &&
      doubled &&
      html`<li>
        Twice as many would bring<strong>${signed(doubled.top1 - all.top1)}</strong>
        <p>percentage points</p>
        <p class="faint">${inTenths(doubled.top1)} instead of ${inTenths(all.top1)}, by the learning curve</p>
      </li>`,
  ]
}

function gainOf({ gain }: AdviceStep): Content {
  if (gain === null) return ''
  const how = { measured: 'measured on photographs left out', forecast: 'by the learning curve' }[gain.how]
  return html` <span class="faint">(${signed(gain.top1)} points, ${how})</span>`
}

/** A share so that one less than a per cent away is told from it. */
function inTenths(share: number): string {
  return `${tenths(share)}\u00a0%`
}
