import type { ExtendResult } from '../../workflow/extend.js'
import { currentBundle } from '../defaults.js'
import { count, duration, nameList, percent, printable, shellArgument } from '../format.js'
import type { Style } from '../style.js'
import { describeHeldOut } from './held-out.js'
import { resizing, valuesOf } from './input.js'
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
    ...describeHeldOut(result.heldOut, style),
    '',
    ...layerLines(result, style),
    ...describeHead(result.head, style),
    ...inputLines(result.preprocess, style),
    ...viewLines(result.augment, style),
    '',
    ...warnings.map((warning) => `${style.caution('Warning:')} ${printable(warning)}`),
    ...(warnings.length > 0 ? [''] : []),
    ...left,
    ...(left.length > 0 ? [''] : []),
    `Bundle  ${path}  ${style.faint(`in ${duration(took)}`)}`,
    `Try     extend predict IMAGE${model}`,
  ].join('\n')
}

/** The new classes, and those that grew. */
function describeIncrement({ increment: { name, labels, images }, grown }: Reported, style: Style): string[] {
  const isGrown = new Set(grown.map(({ label }) => label))
  const came = labels.filter((label) => !isGrown.has(label))
  if (labels.length === 0)
    return [style.heading('Nothing new: the bundle has these pictures already'), ...grown.flatMap(describeGrowth)]
  const what =
    came.length > 0 ? `${count(came.length, 'class')} from ${count(images, 'image')}` : count(images, 'picture')
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

/** The kind of head, where it is not the usual one or was chosen. */
function describeHead({ asked, kind, tried }: Reported['head'], style: Style): string[] {
  if (asked === 'softmax') return []
  const losses = tried.map((one) => `${one.kind} ${one.loss.toFixed(3)}`).join(', ')
  const why = tried.length === 0 ? '' : `  ${style.faint(`loss on pictures left out: ${losses}`)}`
  return [`${style.heading('Head')}  ${kind}${why}`, '']
}

const layerWords: Readonly<Record<string, string>> = {
  default: 'the usual ones',
  all: 'more of the middle ones too',
  layout: 'the middle ones, and where in the picture things lie',
}

/** Which layers the heads read, where there was something to choose. */
function layerLines({ layers, increment: { name } }: Reported, style: Style): string[] {
  const own = layers.find(({ increment }) => increment === name)
  if (own === undefined || own.tried.length === 0) return []
  const lossOf = (choice: string) => own.tried.find((one) => one.name === choice)!.loss
  const lower = 1 - lossOf(own.taken) / lossOf('default')
  const why = lower > 0 ? `, as that lowers the loss on held-out images by ${percent(lower)}` : ''
  return [`${style.heading('Layers')}  ${layerWords[own.taken]!}${style.faint(why)}`]
}

/** The preprocessing of the base model; if it is wrong, every answer is. */
function inputLines(preprocess: ExtendResult['preprocess'], style: Style): string[] {
  const { source, values, evidence, sure } = preprocess
  const scaled = values === null && source === 'bundle' ? 'scaled as in the bundle' : valuesOf(values)
  return [
    `${style.heading('Pictures')}  ${resizing(preprocess)}; ${scaled}`,
    `  ${sure ? '' : style.caution('a guess: ')}${style.faint(printable(evidence))}`,
  ]
}

/** The views that were chosen, and why. */
function viewLines({ asked, perClass, probe }: ExtendResult['augment'], style: Style): string[] {
  if (asked !== 'auto') return []
  const varied = perClass.filter(({ views }) => views > 0).length
  const where = varied === perClass.length ? '' : ` of ${varied} of ${count(perClass.length, 'class')}`
  const why = probe === null ? '' : style.faint(`; ${varied > 0 ? 'better' : 'variations were no better'} in a trial`)
  if (varied > 0) return [`${style.heading('Views')}     each picture and a variation of it${where}${why}`]
  return [`${style.heading('Views')}     each picture as it is${why}`]
}

/** What became of the files, unless each is an image of its own. */
function describeImages({ images: { given, unreadable, duplicate, passedOver }, nearDuplicates }: Reported): string[] {
  const exact = duplicate - nearDuplicates
  const its = nearDuplicates === 1 ? 'its twin' : 'their twins'
  const lines = [
    exact > 0 ? (exact === 1 ? '1 copy of another' : `${exact} copies of others`) : '',
    nearDuplicates > 0 ? `${count(nearDuplicates, 'near-duplicate')} counted with ${its}` : '',
    unreadable > 0 ? `${unreadable} could not be read` : '',
    passedOver > 0 ? `${passedOver} passed over` : '',
  ].filter((line) => line !== '')
  return lines.length === 0 ? [] : [`  of ${count(given, 'file')}:`, ...lines.map((line) => `    ${line}`)]
}
