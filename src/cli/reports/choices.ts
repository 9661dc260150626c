import { layerWords } from '../../training/layer-words.js'
import type { ExtendResult } from '../../workflow/extend.js'
import { count, nameList, percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { resizing, valuesOf } from './input.js'

type Choices = Pick<ExtendResult, 'increment' | 'head' | 'layers' | 'fineTuning' | 'augment' | 'preprocess'>

const maxNames = 4
const trial = 'on pictures left out'
/** Heads that read the same for all additions may take what is not the best for one of them. */
const forAll = 'the best for all additions together'

/** How the classes were learned: what was chosen, or asked for, and why. */
export function describeChoices(result: Choices, style: Style): string[] {
  const { head, fineTuning, augment, preprocess } = result
  const rows = [
    ['head', headWords(head)],
    ['layers', layersWords(result)],
    ['fine-tuning', tuningWords(fineTuning)],
    ['views', viewWords(augment)],
    ...inputRows(preprocess, style),
  ].filter(([, words]) => words !== '')
  return [style.heading('How it was learned'), table(rows, ['left', 'left'], style.width)]
}

/** The kind of head, where it is not the usual one or was chosen. */
function headWords({ asked, kind, tried }: Choices['head']): string {
  if (asked === 'softmax') return ''
  if (tried.length === 0) return kind
  const least = [...tried].sort((a, b) => a.loss - b.loss)[0]!
  const why = least.kind === kind ? 'the best' : 'as none was clearly better'
  return `${kind}, ${why} ${trial} (loss: ${tried.map((one) => `${one.kind} ${one.loss.toFixed(3)}`).join(', ')})`
}

/** Which layers the new classes' head reads, where there was something to choose or they were named. */
function layersWords({ layers, increment, fineTuning }: Choices): string {
  const own = layers.find((one) => one.increment === increment.name)
  if (!own) return ''
  const { taken, read, tried } = own
  if (fineTuning?.taken) return besideBranch(read.slice(0, -1))
  const words = layerWords[taken]
  if (tried.length === 0) {
    if (taken === 'default') return ''
    return words === undefined ? `${printable(taken.replaceAll(',', ', '))}, by name` : `${words}; ${forAll}`
  }
  return `${words!}; ${whyOf(own)}`
}

/** The layers that count as much as the branch, which is the last one that the head reads. */
function besideBranch(read: readonly string[]): string {
  return read.length === 0
    ? ''
    : `${nameList(read.map(printable), maxNames)}; half by these, half by what was fine-tuned`
}

/** Why the layers were taken that were. */
function whyOf({ taken, tried }: Choices['layers'][number]): string {
  const lossOf = (choice: string) => tried.find(({ name }) => name === choice)!.loss
  if (taken === 'default') return `others were not clearly better ${trial}`
  const less = 1 - lossOf(taken) / lossOf('default')
  return less > 0 ? `${percent(less)} less loss ${trial} than with the usual ones` : forAll
}

/** What was trained beside the frozen network, where that was asked for. */
function tuningWords(tuning: Choices['fineTuning']): string {
  if (tuning === null) return ''
  const { blocks, epochs, images, loss, slowdown, taken } = tuning
  const last = blocks === 1 ? 'the last block' : `the last ${blocks} blocks`
  const what = `${last}, ${epochs.toFixed(epochs < 9.95 ? 1 : 0)} times through ${count(images, 'picture')}`
  if (!taken) return `${what}; dropped, as it was not clearly better ${trial}`
  return `${what}; ${percent(1 - loss.tuned / loss.frozen)} less loss ${trial} than with frozen features; predictions take ${slowdown.toFixed(1)} times as long`
}

/** The views that were chosen and why, or asked for. */
function viewWords({ asked, perClass, probe }: Choices['augment']): string {
  if (asked !== 'auto') {
    return asked === 0 ? 'each picture as it is, as asked' : `each picture and ${variations(asked)} of it, as asked`
  }
  const varied = perClass.filter(({ views }) => views > 0).map(({ label }) => label)
  const why = probe === null ? '' : `; ${varied.length > 0 ? 'better' : 'variations were no better'} ${trial}`
  if (varied.length === 0) return `each picture as it is${why}`
  if (varied.length === perClass.length) return `each picture and a variation of it${why}`
  return `each picture, and a variation of those of ${nameList(varied, maxNames)}${why}`
}

function variations(number: number): string {
  return number === 1 ? 'a variation' : `${number} variations`
}

/** The preprocessing of the base model; if it is wrong, every answer is. */
function inputRows(preprocess: Choices['preprocess'], style: Style): string[][] {
  const { source, values, evidence, sure } = preprocess
  const scaled = values === null && source === 'bundle' ? 'scaled as in the bundle' : valuesOf(values)
  return [
    ['pictures', `${resizing(preprocess)}; ${scaled}`],
    ['', `${sure ? '' : style.caution('a guess: ')}${style.faint(printable(evidence))}`],
  ]
}
