import type { Advice } from '../../advice/advice.js'
import type { AdviceStep } from '../../advice/steps.js'
import { count, were } from '../../core/numbers.js'
import type { CallOptions } from '../../core/progress.js'
import { openDrawing } from '../chart.js'
import { html } from '../html.js'
import { writePage, type Section } from '../page.js'
import { madeSection, type Made } from '../sections/made.js'
import { classesSection } from './classes.js'
import { overlapSection, similarSection } from './classes-alike.js'
import { advicePage } from './context.js'
import { duplicatesSection } from './duplicates.js'
import { expectationSection } from './expectation.js'
import { giveawaysSection } from './giveaways.js'
import { headline } from './headline.js'
import { shiftSection } from './shift.js'
import { outlierSection, wrongFolderSection } from './suspects.js'
import { testSection } from './test-images.js'
import { unreadableSection } from './unreadable.js'

export interface AdviceReport {
  readonly advice: Advice
  /** Its folders are the one that was looked at and that of the test images, if any. */
  readonly made: Made
  /** A step in words, with what to do about it. @default its message */
  readonly sentence?: ((step: AdviceStep) => string) | undefined
}

/**
 * Writes a page on what a data set is like: what to do, what to expect, and all that was found, with its photographs.
 *
 * @throws NpluskError as `writePage`
 */
export async function writeAdviceReport(
  file: string,
  { advice, made, sentence = ({ message }) => message }: AdviceReport,
  call: CallOptions,
): Promise<void> {
  const page = advicePage(advice, made.folders[1], await openDrawing())
  const sections: (Section | null)[] = [
    { id: 'expected', title: 'What to expect', body: expectationSection(page) },
    { id: 'classes', title: 'Class by class', body: classesSection(page) },
    { id: 'wrong-folder', title: 'Probably in the wrong folder', body: wrongFolderSection(page) },
    { id: 'outliers', title: 'Unlike their class', body: outlierSection(page) },
    { id: 'duplicates', title: 'The same picture several times', body: duplicatesSection(page) },
    { id: 'similar', title: 'Classes that look alike', body: similarSection(page) },
    { id: 'overlap', title: 'Classes that exist already', body: overlapSection(page) },
    { id: 'giveaways', title: 'What gives classes away', body: giveawaysSection(page) },
    { id: 'shift', title: 'How strange the pictures are to the base model', body: shiftSection(page) },
    advice.test && { id: 'test', title: 'The photographs that it will meet', body: testSection(advice.test, page) },
    { id: 'unreadable', title: 'Unreadable files', body: unreadableSection(page) },
    { id: 'made', title: 'How this was made', body: madeSection(made, new Date()) },
  ]
  const lead = html`<p>
      ${count(advice.images.given, 'photograph')} of ${count(advice.classes.length, 'class')}
      ${were(advice.images.given)} looked at before anything is learned. Whatever shows a number of photographs shows
      them on a click.
    </p>
    ${headline(page, sentence)}`
  const shown = sections.filter((section) => section !== null)
  const title = 'What is in these photographs'
  await writePage(file, { title, lead, sections: shown, photographs: page.photographs }, call)
}
