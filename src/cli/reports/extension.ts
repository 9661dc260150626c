import type { ExtendResult } from '../../workflow/extend.js'
import { currentBundle } from '../defaults.js'
import { count, duration, nameList, percent, shellArgument } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { resizing, valuesOf } from './input.js'
import { describePassedOver } from './passed-over.js'
import { shownPath } from './paths.js'

const mostNames = 8

/** What `extend --add` did: what was added, how well it does, what to mind, where it is and what to type next. */
export function describeExtension(result: ExtendResult, style: Style): string {
  const { bundle, classes, increment, passedOver, seconds, warnings } = result
  const left = describePassedOver(passedOver)
  const path = shownPath(bundle)
  const model = path === currentBundle ? '' : ` --model ${shellArgument(path)}`
  const took = seconds.total ?? Object.values(seconds).reduce((sum, part) => sum + part, 0)
  return [
    style.heading(
      `Added ${increment.name}: ${count(increment.labels.length, 'class')} from ${count(increment.images, 'image')}`,
    ),
    `  ${nameList(increment.labels, mostNames)}`,
    ...result.grown.map(({ label, before, images }) => `  ${label}: ${before} + ${count(images - before, 'picture')}`),
    '',
    `The classifier tells ${classes.total} classes apart: ${classes.base} old and ${classes.added} added.`,
    '',
    style.heading('On images held out from training'),
    table(heldOutRows(result, style), ['left', 'right', 'right', 'right'], style.width),
    '',
    ...inputLines(result.preprocess, style),
    '',
    ...warnings.map((warning) => `${style.caution('Warning:')} ${warning}`),
    ...(warnings.length > 0 ? [''] : []),
    ...left,
    ...(left.length > 0 ? [''] : []),
    `Bundle  ${path}  ${style.faint(`in ${duration(took)}`)}`,
    `Try     extend predict IMAGE${model}`,
  ].join('\n')
}

/** What was taken for the base model's input: where it is wrong, so is every answer. */
function inputLines(preprocess: ExtendResult['preprocess'], style: Style): string[] {
  const { source, values, evidence, sure } = preprocess
  const scaled = values === null && source === 'bundle' ? 'scaled as in the bundle' : valuesOf(values)
  return [
    `${style.heading('Pictures')}  ${resizing(preprocess)}; ${scaled}`,
    `  ${sure ? '' : style.caution('a guess: ')}${style.faint(evidence)}`,
  ]
}

function heldOutRows({ heldOut }: ExtendResult, style: Style): string[][] {
  const { old, leak, miss } = heldOut
  const rows = [['', 'images', 'right', 'before'].map(style.faint)]
  if (old) rows.push(['old classes', `${old.count}`, percent(old.top1After), percent(old.top1Before)])
  rows.push(['new classes', `${heldOut.new.count}`, percent(heldOut.new.top1)])
  if (leak !== null) rows.push(['old taken for new (leak)', '', percent(leak)])
  rows.push(['new taken for old (miss)', '', percent(miss)])
  return rows
}
