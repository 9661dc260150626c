import type { TransferCase } from '../../advice/findings.js'
import { html, type Markup } from '../html.js'
import { learningFigure } from '../sections/training.js'
import { percent } from '../table.js'
import type { AdvicePage } from './context.js'
import { testSize } from './headline.js'

const cases: Readonly<Record<TransferCase, string>> = {
  'few-like':
    'There are few photographs of each class, and they are like those that the base model learned from. This is what learning on top of a finished model is best at.',
  'many-like':
    'There are many photographs of each class, and they are like those that the base model learned from. Its features fit, and there is enough to learn from.',
  'few-unlike':
    'There are few photographs of each class, and they are unlike those that the base model learned from. This is the hardest case: its features fit badly, and there is little to learn others from. More photographs help most.',
  'many-unlike':
    'There are many photographs of each class, and they are unlike those that the base model learned from. Its features fit badly; a base model that learned from such pictures would help more than more of them.',
}

/** The accuracy to expect, and whether more photographs would raise it. */
export function expectationSection({ advice, draw }: AdvicePage): Markup {
  const { expected, learningCurve } = advice
  return html`${
    expected === null
      ? html`<p class="note">
          There are too few photographs of each class, or too many classes, to leave some out and ask about them.
        </p>`
      : html`<p>
          Of new photographs of these classes, about <b>${percent(expected.top1)}</b> will be answered rightly, most
          probably between ${percent(expected.low)} and ${percent(expected.high)}${testSize(expected)} (95 % range).
          This was measured by leaving photographs out of training and asking about them, so it holds for photographs of
          the same kind.
          ${
            advice.test?.differs && html`<b>The test photographs are of another kind</b>, so it does not hold for them.`
          }
        </p>`
  }
  ${advice.case !== null && html`<p>${cases[advice.case]}</p>`}
  ${learningCurve.length > 1 && learningFigure(learningCurve, draw)}`
}
