import { relative } from 'node:path'
import type { Changes } from '../bundle/changes.js'
import type { ClassChange } from '../bundle/held-out-changes.js'
import { count, were } from '../core/numbers.js'
import type { CallOptions } from '../core/progress.js'
import type { AnswerChanges, TwoAnswers } from '../evaluation/answer-changes.js'
import { wilsonInterval } from '../math/wilson.js'
import { html, type Markup } from './html.js'
import { writePage } from './page.js'
import { Photographs } from './photographs.js'
import { changedAnswersSection } from './sections/changed-answers.js'
import { classChangesSection } from './sections/class-changes.js'
import { madeSection, type Made } from './sections/made.js'
import { percent } from './table.js'

/** What a report on two classifiers is made of. */
export interface DiffReport {
  /** How to call the first and the second one. */
  readonly names: readonly [before: string, after: string]
  readonly answers: AnswerChanges
  readonly changes: Changes
  readonly perClass: readonly ClassChange[]
  readonly made: Made
}

/**
 * Writes a page on the answers that two classifiers give to the same photographs, with those that they differ in.
 *
 * @throws NpluskError as `writePage`
 */
export async function writeDiffReport(file: string, report: DiffReport, call: CallOptions): Promise<void> {
  const { names, answers, changes, perClass, made } = report
  const photographs = new Photographs()
  const { better, worse, other } = answers.changed
  const captionOf = ({ file: photo, folder, before, after }: TwoAnswers) => {
    const inside = relative(made.folders[0]!, photo)
    const name = inside.startsWith('..') ? photo : inside
    return `${name} (${folder}): ${before.label} (${percent(before.probability)}), now ${after.label} (${percent(after.probability)})`
  }
  const changed = (explanation: string, images: readonly TwoAnswers[]) =>
    changedAnswersSection(explanation, images, photographs, captionOf)
  const sections = [
    {
      id: 'worse',
      title: 'Wrong now, right before',
      body: changed('What is no longer answered rightly.', worse),
    },
    {
      id: 'better',
      title: 'Right now, wrong before',
      body: changed('What is right now and was wrong before.', better),
    },
    {
      id: 'other',
      title: 'Other changes',
      body: changed('Both answers are wrong, or not both classifiers have a class of the folder’s name.', other),
    },
    { id: 'classes', title: 'Classes', body: classChangesSection(changes, perClass) },
    { id: 'made', title: 'How this was made', body: madeSection(made, new Date()) },
  ]
  const lead = html`<p>
      ${count(answers.count, 'photograph')} ${were(answers.count)} shown to two classifiers. Before means ${names[0]},
      now means ${names[1]}.
    </p>
    ${figures(answers)}`
  await writePage(file, { title: 'Which answers changed', lead, sections, photographs }, call)
}

function figures({
  count: all,
  changed: { better, worse, other },
  both,
  beforeOnly,
  afterOnly,
}: AnswerChanges): Markup {
  const same = all - better.length - worse.length - other.length
  const card = (name: string, images: number, more: string) =>
    html`<li>
      ${name}<strong>${images}</strong>
      <p>${more}</p>
    </li> `
  const right = (which: string, share: number, images: number) => {
    const { low, high } = wilsonInterval(share, images)
    return html`<li>
      ${which}<strong>${percent(share)}</strong>
      <p>right: ${Math.round(share * images)} of ${images}</p>
      <p class="faint">range ${percent(low)} to ${percent(high)}</p>
    </li> `
  }
  // A row of their own.
  const shares = [
    both && right('Before', both.before, both.count),
    both && right('Now', both.after, both.count),
    beforeOnly && right('Before, classes that are gone', beforeOnly.top1, beforeOnly.count),
    afterOnly && right('Now, classes that were not there', afterOnly.top1, afterOnly.count),
  ]
  return html`<ul class="figures">
      ${card('Same answer', same, `of ${count(all, 'photograph')}`)}
      ${card('Right now', better.length, `that ${were(better.length)} wrong before`)}
      ${card('Wrong now', worse.length, `that ${were(worse.length)} right before`)}
      ${other.length > 0 && card('Other changes', other.length, 'wrong both times, or of a class that only one has')}
    </ul>
    ${
      shares.some((one) => one) &&
      html`<ul class="figures">
        ${shares}
      </ul>`
    }
    ${
      both &&
      both.before !== both.after &&
      html`<p>
        ${
          both.pValue > 0.995
            ? 'So small a difference says nothing (McNemar’s exact test).'
            : `Two classifiers that are equally good would differ by as much or more with a probability of ${percent(both.pValue)} (McNemar’s exact test on the photographs that one of them has right and the other wrong)${both.pValue < 0.05 ? '' : '; so the difference may well be chance'}.`
        }
      </p>`
    }`
}
