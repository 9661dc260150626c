import type { SuggestResult } from '../../workflow/suggest.js'
import { count, percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { describePassedOver } from './passed-over.js'
import { shownPath } from './paths.js'

/** The result of `extend suggest`: a line for each image, the most useful first. */
export function describeSuggestion(
  { images, counts, passedOver }: SuggestResult,
  copyTo: string | undefined,
  style: Style,
): string {
  const { compared, known, duplicate, unreadable } = counts
  const rows = images.map(({ file, copy, answer, unsureness }) => [
    printable(shownPath(copy ?? file)),
    printable(answer.label),
    percent(unsureness),
  ])
  const leftOut = [
    ...(known > 0 ? [`${count(known, 'image')} that it was trained on`] : []),
    ...(duplicate > 0 ? [`${duplicate} that ${duplicate === 1 ? 'is a copy' : 'are copies'} of others`] : []),
    ...(unreadable > 0 ? [`${count(unreadable, 'image')} that could not be read`] : []),
  ]
  const sorted =
    images.length === 1
      ? 'sort it into a folder by class, then add that'
      : 'sort them into folders by class, then add these'
  const lines = [...(leftOut.length > 0 ? [`Left out: ${leftOut.join(', ')}.`] : []), ...describePassedOver(passedOver)]
  if (images.length === 0) return ['Nothing is left to label.', ...lines].join('\n')
  return [
    table([['to label next', 'taken for', 'unsure'].map(style.faint), ...rows], ['left', 'left', 'right'], style.width),
    '',
    `${count(images.length, 'image')} of ${compared} to label next, the most useful first.`,
    ...lines,
    ...(copyTo === undefined ? [] : [`Copied to ${shownPath(copyTo)}; ${sorted}.`]),
  ].join('\n')
}
