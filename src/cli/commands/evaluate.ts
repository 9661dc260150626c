import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Device } from '../../classifier/model-options.js'
import { NpluskError } from '../../core/errors.js'
import type { EvaluationRecord } from '../../evaluation/evaluation-record.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { orBaseModel, whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { count } from '../format.js'
import { describeEvaluation } from '../reports/evaluation.js'
import { shownPath } from '../reports/paths.js'
import { unwrittenReport } from '../unwritten-report.js'
import { labelsOption } from './input-options.js'
import { deviceOption, examples, modelOption, rejectHint } from './shared-options.js'

interface EvaluateFlags {
  readonly model?: string
  readonly device?: Device
  readonly labels?: string
  readonly skipUnknown?: boolean
  readonly wrong?: boolean
  readonly report?: string
  readonly records?: string
}

/** Warnings that an evaluation lists. */
const inResult = ['FOLDERS', 'UNREADABLE_IMAGE', 'REPORT_FAILED']

export function evaluateCommand(environment: Environment): Command {
  return new Command('evaluate')
    .description('Measures how often the classifier is right.')
    .argument('<dir>', 'a folder with one folder of images per class, named by label or WordNet id')
    .addOption(modelOption('the bundle or known model to measure'))
    .option('--skip-unknown', 'leave out folders that name no class, and say which')
    .option('--wrong', 'list the images that are answered wrongly')
    .option('--report <file>', 'write a page on it, with the pictures: report.html')
    .option('--records <file>', 'write a line for every image, its class and answers, as .jsonl or .csv')
    .addOption(deviceOption())
    .addOption(labelsOption())
    .addHelpText(
      'after',
      examples([
        ['extend evaluate flowers/val', 'accuracy on old and new classes, leak and miss'],
        ['extend evaluate flowers/val --wrong', 'and which images it gets wrong'],
        ['extend evaluate flowers/val --report report.html', 'a page to look at'],
        ['extend evaluate flowers/val --records val.csv', 'every image with its answers, for a spreadsheet'],
        ['extend evaluate old/ --model inception-v3', 'the base model alone'],
      ]),
    )
    .action((folder: string, _flags: unknown, command: Command) =>
      perform(environment, command, (context) => evaluateFolder(folder, ownFlags<EvaluateFlags>(command), context)),
    )
}

async function evaluateFolder(
  folder: string,
  { labels, report, records: file, ...flags }: EvaluateFlags,
  context: Context,
): Promise<void> {
  const { json, style, typed, print, printJson, remark } = context
  if (file !== undefined && report !== undefined) await refuseSame(file, report)
  const saveRecords = file === undefined ? undefined : await recordsTo(file)
  const model = await whatToOpen(flags.model, orBaseModel)
  const { evaluate } = await import('../../workflow/evaluate.js')
  const { records, ...evaluation } = await evaluate({
    ...withWarnings(context, inResult),
    ...flags,
    model,
    folder,
    ...(labels === undefined ? {} : { input: { labels } }),
    ...(report === undefined ? {} : { report: { file: report, command: typed, rejectHint } }),
  })
  if (json) printJson(evaluation)
  else print(describeEvaluation(evaluation, style))
  if (report !== undefined && !evaluation.unwritten) remark(`Report: ${shownPath(report)}`)
  // After the figures, which a full disk must not cost.
  await saveRecords?.(records)
  if (file !== undefined) remark(`Records of ${count(records.length, 'image')}: ${shownPath(file)}`)
  if (evaluation.unwritten) throw unwrittenReport()
}

/** The report would replace the records, or they the report. */
async function refuseSame(records: string, report: string): Promise<void> {
  const [first, second] = await Promise.all([records, report].map((file) => realpath(file).catch(() => resolve(file))))
  if (first === second)
    throw new NpluskError('USAGE', `--records and --report both name ${records}; give each a file of its own.`)
}

/** Checks a record file before any work. */
async function recordsTo(file: string): Promise<(records: readonly EvaluationRecord[]) => Promise<void>> {
  const { checkRecordFile, writeRecords } = await import('../../evaluation/record-file.js')
  await checkRecordFile(file)
  return (records) => writeRecords(file, records)
}
