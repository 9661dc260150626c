import type { Machine } from '../shared/machine.js'
import { markdown, share } from '../shared/table.js'
import type { ModelFigures } from './try-model.js'

export interface ModelsReport {
  readonly command: string
  readonly date: string
  readonly machine: Machine
  readonly models: readonly ModelFigures[]
}

/** The report for people. */
export function reportOf({ command, date, machine, models }: ModelsReport): string {
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
      logits.largestDifference === 0 ? '0' : logits.largestDifference.toExponential(1),
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
    found,
    figures,
  ].join('\n')
}
