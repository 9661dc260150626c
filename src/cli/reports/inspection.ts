import type { Inspection } from '../../workflow/inspect.js'
import { nameList, printable, shellArgument } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { resizing, sizeEvidence, valuesOf } from './input.js'

const maxTaps = 8

/**
 * The findings of `extend inspect`, and how certain the preprocessing is.
 *
 * @param model as it was asked for
 */
export function describeInspection(inspection: Inspection, model: string, style: Style): string {
  const { classes, background, labels, head, bottleneck, taps, layers, batchCoupling, input, preprocess } = inspection
  const { trial } = preprocess
  const doubt = preprocess.sure
    ? []
    : [
        `${style.caution('Not sure:')} a wrong preprocessing makes every answer wrong. ` +
          'Try it on photographs of its own classes with --images DIR, or set --mean, --std and --channels.',
        '',
      ]
  return [
    style.heading('Classifier'),
    table(
      [
        ['classes', `${classes}${background ? ' and a background class, which is dropped' : ''}`],
        ['labels', `${labelSource(labels.source)}: ${printable(nameList(labels.first, 5))}, …`],
        ['head', `${printable(head.node)} (${head.kind})`],
        ['logits', printable(head.logits)],
        ['bottleneck', feature(bottleneck)],
        ['deeper features', taps.length === 0 ? 'none' : nameList(taps.map(feature), maxTaps)],
        ...layerRows(layers),
        ...(batchCoupling ? [['batches', `run picture by picture: ${batchCoupling.reason}`] as const] : []),
      ],
      ['left', 'left'],
      style.width,
    ),
    '',
    style.heading('Input'),
    table(
      [
        ['tensor', `${printable(input.name)}, ${input.type} ${shapeOf(input)}`],
        ['resized', `${resizing(preprocess)}  ${style.faint(`(${sizeEvidence(preprocess.sizeSource)})`)}`],
        ['values', valuesOf(preprocess.values)],
        ['known from', preprocess.evidence],
      ],
      ['left', 'left'],
      style.width,
    ),
    '',
    ...(trial
      ? [
          style.heading('How good its answers are under each convention'),
          table(
            trial.scores.map(({ name, score, ruledOut }) => [
              name,
              score.toFixed(2),
              name === preprocess.convention ? style.good('taken') : ruledOut ? style.faint('ruled out') : '',
            ]),
            ['left', 'right', 'left'],
            style.width,
          ),
          '',
        ]
      : []),
    ...inspection.doubts.flatMap((sentence) => [`${style.caution('Careful:')} ${printable(sentence)}`, '']),
    ...doubt,
    `Try  extend --add DIR --model ${printable(shellArgument(model))}`,
  ].join('\n')
}

/** The names that `--layers` takes: of the usual layers, and of the others. */
function layerRows(layers: Inspection['layers']): string[][] {
  const names = (usual: boolean) => layers.filter(({ byDefault }) => byDefault === usual).map(({ name }) => name)
  const grid = layers.find(({ cells }) => cells > 1)
  const note = grid === undefined ? '' : `; ${grid.name} tells where in the picture things lie`
  const others = names(false)
  return [
    ['usual layers', printable(names(true).join(', '))],
    ...(others.length === 0 ? [] : [['other layers', printable(`${others.join(', ')}${note}`)]]),
  ]
}

function feature({ tensor, size }: { tensor: string; size: number }): string {
  return `${printable(tensor)} [${size}]`
}

function shapeOf({ layout, width, height, channels, batch }: Inspection['input']): string {
  const plane = [height ?? 'any', width ?? 'any']
  const dims = layout === 'NCHW' ? [channels, ...plane] : [...plane, channels]
  const note = batch === 'free' ? '' : `, batch ${batch} made free`
  return `[batch, ${dims.join(', ')}] (${layout}${note})`
}

function labelSource(source: string): string {
  if (source === 'none') return 'none found'
  return source === 'the order of ImageNet' ? `taken to be in ${source}` : `from ${source}`
}
