import type { KnownModelInfo, PulledModel } from '../../workflow/models.js'
import { bytes, count, percent, printable } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { wrap } from '../wrap.js'

/** Terminal width from which a model fits on one line. */
const minTableWidth = 120

/** The known models, one per line. */
export function describeModels(models: readonly KnownModelInfo[], style: Style): string {
  const note =
    "Top-1 is as published, on ImageNet's validation images (sources: --json). Besides these, --model takes an ONNX file, the address of one, and hf:owner/name for an image classifier of the Hugging Face hub."
  if (style.width < minTableWidth)
    return [...models.map((model) => describeNarrowly(model, style)), '', note].join('\n')
  const header = ['name', 'classes', 'input', 'top-1', 'download', 'licence', 'here', ''].map(style.faint)
  const rows = models.map(({ name, classes, input, accuracy, downloadSize, licence, cached, description }) => [
    name,
    `${classes}`,
    `${input.width}x${input.height}`,
    accuracy ? percent(accuracy.top1) : '–',
    bytes(downloadSize),
    licence,
    cached ? style.good('yes') : 'no',
    description,
  ])
  const known = table(
    [header, ...rows],
    ['left', 'right', 'right', 'right', 'right', 'left', 'left', 'left'],
    style.width,
  )
  return `${known}\n\n${wrap(note, Math.min(style.width, 100))}`
}

/** A model on several lines. */
function describeNarrowly(model: KnownModelInfo, style: Style): string {
  const { name, classes, input, accuracy, downloadSize, licence, cached, description } = model
  const facts = [
    count(classes, 'class'),
    `${input.width}x${input.height}`,
    ...(accuracy ? [`top-1 ${percent(accuracy.top1)}`] : []),
    bytes(downloadSize),
    licence,
    cached ? style.good('here') : 'not here',
  ]
  return [style.heading(name), `  ${description}`, `  ${facts.join(', ')}`]
    .map((line) => wrap(line, style.width))
    .join('\n')
}

/** The result of `extend models pull`. */
export function describePulled({ name, file, rehearsal }: PulledModel): string {
  const here = `${name} is on this machine: ${printable(file)}`
  if (rehearsal === null) return here
  return `${here}\nIt rehearses with the features of ${count(rehearsal.images, 'image')} from now on: ${printable(rehearsal.file)} (${bytes(rehearsal.bytes)})`
}
