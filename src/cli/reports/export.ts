import { dirname } from 'node:path'
import type { ExportResult } from '../../workflow/export.js'
import { bytes, count, printable, shellArgument } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { shownPath } from './paths.js'

/** The files that `extend export` wrote, and how to use them. */
export function describeExport(result: ExportResult, style: Style): string {
  const { format, out, input, classes, files, oneByOne } = result
  const place = shownPath(out)
  const size = bytes(files.reduce((sum, file) => sum + file.bytes, 0))
  const shape = input.layout === 'NHWC' ? '[batch, height, width, 3]' : '[batch, 3, height, width]'
  const list = table(
    files.map((file) => [`  ${file.path}`, bytes(file.bytes)]),
    ['left', 'right'],
    style.width,
  )
  return [
    `Exported ${count(classes, 'class')} to ${place} (${size})`,
    ...(format === 'onnx' ? [] : [list]),
    `Input: ${input.name}, ${input.type} ${shape}, ${input.channels} in ${input.range.join('..')}`,
    ...(oneByOne === null ? [] : [`Pictures of a batch are run one by one in the graph: ${printable(oneByOne)}.`]),
    style.faint(use(result)),
  ].join('\n')
}

function use({ format, out, input }: ExportResult): string {
  switch (format) {
    case 'onnx':
      return `Any ONNX runtime takes it: feed "${input.name}", read "logits" or "probabilities".`
    case 'transformers':
      return `Try  pipeline('image-classification', ${JSON.stringify(shownPath(out))}) of @huggingface/transformers`
    case 'web':
      return `Put it on any web server, or try  python3 -m http.server -d ${shellArgument(shownPath(out))}`
    case 'triton':
      return `Try  tritonserver --model-repository=${shellArgument(shownPath(dirname(out)))}`
  }
}
