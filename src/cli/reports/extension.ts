import type { ExtendResult } from '../../workflow/extend.js'
import { currentBundle } from '../defaults.js'
import { count, duration, nameList, percent, printable, shellArgument } from '../format.js'
import type { Style } from '../style.js'
import { describeChoices } from './choices.js'
import { describeHeldOut } from './held-out.js'
import { describePassedOver } from './passed-over.js'
import { shownPath } from './paths.js'

const maxNames = 8

/** The reported part of an extension, without the records of the images. */
type Reported = Omit<ExtendResult, 'records'>

/** The result of `extend --add`: what was added, its accuracy, warnings, its folder, and what to type next. */
export function describeExtension(result: Reported, style: Style): string {
  const { bundle, classes, passedOver, seconds, warnings } = result
  const left = describePassedOver(passedOver)
  const path = shownPath(bundle)
  const model = path === currentBundle ? '' : ` --model ${shellArgument(path)}`
  const took = seconds.total ?? Object.values(seconds).reduce((sum, part) => sum + part, 0)
  return [
    ...describeIncrement(result, style),
    ...describeImages(result),
    '',
    `The classifier tells ${classes.total} classes apart: ${classes.base} old and ${classes.added} added.`,
    '',
    ...describeHeldOut(result.heldOut, style, { name: result.increment.name, labels: newLabels(result) }),
    '',
    ...describeChoices(result, style),
    '',
    ...warnings.map((warning) => `${style.caution('Warning:')} ${printable(warning)}`),
    ...(warnings.length > 0 ? [''] : []),
    ...left,
    ...(left.length > 0 ? [''] : []),
    `Bundle  ${path}  ${style.faint(`in ${duration(took)}`)}`,
    `Try     extend predict IMAGE${model}`,
  ].join('\n')
}

/** The classes that were not there before. */
function newLabels({ increment: { labels }, grown }: Pick<Reported, 'increment' | 'grown'>): string[] {
  const isGrown = new Set(grown.map(({ label }) => label))
  return labels.filter((label) => !isGrown.has(label))
}

/** The new classes, and those that grew. */
function describeIncrement({ increment, grown, images: { used } }: Reported, style: Style): string[] {
  const { name, labels, images } = increment
  const came = newLabels({ increment, grown })
  if (labels.length === 0)
    return [style.heading('Nothing new: the bundle has these pictures already'), ...grown.flatMap(describeGrowth)]
  const ofGrown = grown.reduce((sum, one) => sum + one.images - one.before, 0)
  const what =
    came.length > 0 ? `${count(came.length, 'class')} from ${count(used - ofGrown, 'image')}` : count(images, 'picture')
  return [
    style.heading(`Added ${printable(name)}: ${what}`),
    ...(came.length > 0 ? [`  ${nameList(came, maxNames)}`] : []),
    ...grown.flatMap(describeGrowth),
  ]
}

/** `roses: 20 + 50 pictures`, and the effect on its accuracy. */
function describeGrowth({ label: name, before, images, top1Before, top1 }: ExtendResult['grown'][number]): string[] {
  const label = printable(name)
  if (images === before) return [`  ${label}: ${count(images, 'picture')}, none of them new`]
  const lines = [`  ${label}: ${before} + ${count(images - before, 'picture')}`]
  if (top1Before !== null && top1 !== null)
    lines.push(`    held out, ${percent(top1Before)} were right before, ${percent(top1)} are now`)
  return lines
}

/** What became of the files, unless each is an image of its own. */
function describeImages({ images, nearDuplicates, known, inSeveralClasses }: Reported): string[] {
  const { given, unreadable, duplicate, passedOver } = images
  const exact = duplicate - nearDuplicates - known - inSeveralClasses
  const its = nearDuplicates === 1 ? 'its twin' : 'their twins'
  const lines = [
    exact > 0 ? (exact === 1 ? '1 copy of another' : `${exact} copies of others`) : '',
    known > 0 ? `${known} that ${known === 1 ? 'its' : 'their'} class had already` : '',
    inSeveralClasses > 0 ? `${inSeveralClasses} in several classes, left out` : '',
    nearDuplicates > 0 ? `${count(nearDuplicates, 'near-duplicate')} counted with ${its}` : '',
    unreadable > 0 ? `${unreadable} could not be read` : '',
    passedOver > 0 ? `${passedOver} passed over` : '',
  ].filter((line) => line !== '')
  return lines.length === 0 ? [] : [`  of ${count(given, 'file')}:`, ...lines.map((line) => `    ${line}`)]
}
