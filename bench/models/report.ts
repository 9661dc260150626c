import type { Machine } from '../shared/machine.js'
import { markdown, share } from '../shared/table.js'
import type { ModelFigures } from './try-model.js'
import type { WildFigures, WildRefusal } from './try-wild.js'

export interface ModelsReport {
  readonly command: string
  readonly date: string
  readonly machine: Machine
  readonly models: readonly ModelFigures[]
  readonly wild: readonly (WildFigures | WildRefusal)[]
}

/** The report for people. */
export function reportOf({ command, date, machine, models, wild }: ModelsReport): string {
  const found = markdown({
    title: 'What inspect finds, with no option given',
    columns: ['file', 'classes', 'head', 'bottleneck', 'input', 'values', 'said by'],
    rows: models.map(({ file, inspection: { classes, head, bottleneck, input, preprocess } }) => [
      file,
      `${classes}`,
      `${head.kind} ${head.node}`,
      `${bottleneck.size} (${bottleneck.tensor})`,
      `${input.type} ${input.layout} ${preprocess.width}x${preprocess.height}`,
      preprocess.convention ?? 'as they are',
      preprocess.source,
    ]),
  })
  const figures = markdown({
    title: 'Flowers added, rehearsed with one photograph per ImageNet class',
    columns: ['file', 'old base', 'old after', 'leak', 'new', 'new alone', 'miss', 'same bits', 'differ by'],
    rows: models.map(({ file, old, new: added, logits }) => [
      file,
      share(old.top1Base),
      share(old.top1),
      share(old.leak ?? NaN),
      share(added.top1),
      share(added.top1Alone),
      share(added.miss ?? NaN),
      `${logits.identical} of ${logits.photographs}`,
      difference(logits.largestDifference),
    ]),
    notes: [
      'old: top-1 on imagenet-test, of the base alone and of the extended classifier; new: top-1 on flowers/val.',
      'same bits: photographs on which all the first N logits of the written model are those of the original file, run on the same numbers.',
    ],
  })
  return [
    '# Published classifiers',
    '',
    `\`${command}\` on ${date}; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ONNX Runtime ${machine.onnxruntime}.`,
    '',
    ...(models.length > 0 ? [found, figures] : []),
    ...(wild.length > 0 ? [wildTable(wild)] : []),
  ].join('\n')
}

function wildTable(wild: ModelsReport['wild']): string {
  return markdown({
    title: 'Classifiers as people publish them, with no option given',
    columns: [
      'folder',
      'documented',
      'classes',
      'head',
      'features',
      'values',
      'batches',
      'same bits',
      'differ by',
      'among others',
      'the file itself',
    ],
    rows: wild.map((one) => {
      if ('refusal' in one) return [one.folder, one.documented, one.refusal, '', '', '', '', '', '', '', '']
      const { folder, documented, found, logits, amongOthers } = one
      return [
        folder,
        documented,
        `${found.classes}`,
        found.head.kind,
        [...found.taps, found.bottleneck].map(({ size }) => size).join(' + '),
        found.preprocess.convention ?? 'as they are',
        found.batchCoupling ? `one by one (${found.batchCoupling.operator ?? found.batchCoupling.reason})` : 'together',
        `${logits.identical} of ${logits.photographs}`,
        difference(logits.largestDifference),
        difference(amongOthers.bundle),
        amongOthers.file === null ? 'takes one' : difference(amongOthers.file),
      ]
    }),
    notes: [
      'same bits, differ by: the first N logits of the written bundle beside those of the original file, run on the same numbers one photograph at a time.',
      'among others: largest change of one of these logits between a picture alone and among the others, of the bundle and of the file itself.',
    ],
  })
}

const difference = (value: number): string => (value === 0 ? '0' : value.toExponential(1))
