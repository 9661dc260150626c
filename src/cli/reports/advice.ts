import type { Advice } from '../../advice/advice.js'
import type { TestComparison } from '../../advice/findings.js'
import { fewestToTrust } from '../../advice/fewest-to-trust.js'
import { count, percent, printable } from '../format.js'
import { sentenceOf } from '../remedies.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { describeFaults } from './advice-faults.js'
import { describePassedOver } from './passed-over.js'

/** What to do about a data set, and what it is like. */
export function describeAdvice(advice: Advice, style: Style): string {
  const parts = [
    summary(advice),
    whatToDo(advice, style),
    classes(advice, style),
    learningCurve(advice, style),
    distances(advice, style),
    ...describeFaults(advice, style),
    advice.warnings.map((warning) => `${style.caution('Warning:')} ${printable(warning)}`).join('\n'),
    describePassedOver(advice.passedOver).join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function summary({ folder, model, images, classes: all, expected, test }: Advice): string {
  const { used, unreadable, duplicate } = images
  const without = [
    ...(duplicate === 0 ? [] : [duplicate === 1 ? '1 copy' : `${duplicate} copies`]),
    ...(unreadable === 0 ? [] : [`${unreadable} that cannot be read`]),
  ]
  const beside = without.length === 0 ? '' : `, beside ${without.join(' and ')}`
  const counts = `${printable(folder)}: ${count(used, 'image')} of ${count(all.length, 'class')}${beside}.`
  if (expected === null) return counts
  const { top1, low, high, testImages } = expected
  const range = `${percent(low)} to ${percent(high)}`
  const tested = testImages === undefined ? range : `${range} in a test of ${testImages}`
  const notOfTest = test?.differs ? ' This does not hold for the test pictures, which are of another kind.' : ''
  return `${counts}\nOf new pictures like them, ${printable(model)} would get about ${percent(top1)} right (${tested}).${notOfTest}`
}

function whatToDo({ advice }: Advice, style: Style): string {
  const steps = advice.map((step, i) => {
    const points = (100 * (step.gain?.top1 ?? 0)).toFixed(1)
    const gain = Number(points) > 0 ? ` ${style.good(`(about ${points} points more)`)}` : ''
    return [`${i + 1}.`, `${printable(sentenceOf(step))}${gain}`]
  })
  return `${style.heading('What to do, the most useful first')}\n${table(steps, ['right', 'left'], style.width)}`
}

function classes({ classes: all }: Advice, style: Style): string {
  const rows = [
    ['', 'images', 'right'].map(style.faint),
    ...all.map(({ label, images, top1 }) => [printable(label), `${images}`, top1 === null ? '–' : percent(top1)]),
  ]
  return `${style.heading('Classes')}\n${table(rows, ['left', 'right', 'right'], style.width)}`
}

function learningCurve({ learningCurve: points }: Advice, style: Style): string {
  if (points.length === 0) return ''
  const rows = [
    ['images a class', 'right', ''].map(style.faint),
    ...points.map(({ images, top1, low, high, forecast }) => [
      `${Math.round(images)}`,
      percent(top1),
      style.faint(`${percent(low)} to ${percent(high)}${forecast ? ', extrapolated' : ''}`),
    ]),
  ]
  const ranges = style.faint('  The ranges are those of the accuracy itself; a test of few pictures scatters more.')
  return `${style.heading('What more pictures bring')}\n${table(rows, ['right', 'right', 'left'], style.width)}\n${ranges}`
}

/** How far the images are from those of the base model, and those of the test from them. */
function distances({ shift, test }: Advice, style: Style): string {
  const parts: string[] = []
  if (shift !== null) {
    const rows = [
      ...shift.scale.map(({ name, unsureness }) => [name, unsureness.toFixed(2), '']),
      ['these pictures', shift.unsureness.toFixed(2), '<'],
    ].sort((a, b) => Number(a[1]) - Number(b[1]))
    parts.push(
      `${style.heading('How unsure the base model is of them')}\n${table(rows, ['left', 'right', 'left'], style.width)}`,
    )
  }
  if (test !== null) {
    const { auroc, pValue, images } = test
    parts.push(
      `${style.heading('The test pictures')}\n  ${count(images[1], 'image')}: ${verdictOf(test, style)} (AUROC ${auroc.toFixed(2)}, p ${pValue < 0.01 ? '< 0.01' : `= ${pValue.toFixed(2)}`}).`,
    )
  }
  return parts.join('\n\n')
}

function verdictOf({ differs, couldTell, images }: TestComparison, style: Style): string {
  if (differs) return `they ${style.caution('are of another kind')}`
  if (!couldTell) return 'with so few pictures, no difference could have been found'
  if (Math.min(...images) < fewestToTrust) return 'no difference was found; of so few, only a large one would show'
  return `they ${style.good('cannot be told from those to learn from')}`
}
