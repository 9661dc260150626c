import type { KnownModelInfo, PulledModel } from '../../workflow/models.js'
import { bytes, count, percent } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'

/** The known models, a line each. */
export function describeModels(models: readonly KnownModelInfo[], style: Style): string {
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
  const known = table([header, ...rows], ['left', 'right', 'right', 'right', 'right', 'left', 'left', 'left'])
  return `${known}\n\nTop-1 is as published, on ImageNet's validation images (sources: --json). Besides these, --model takes\nan ONNX file, the address of one, and hf:owner/name for an image classifier of the Hugging Face hub.`
}

/** What has just been fetched and made. */
export function describePulled({ name, file, rehearsal }: PulledModel): string {
  const here = `${name} is on this machine: ${file}`
  if (rehearsal === null) return here
  return `${here}\nIt rehearses with the features of ${count(rehearsal.images, 'image')} from now on: ${rehearsal.file} (${bytes(rehearsal.bytes)})`
}
