import { Command } from 'commander'
import { NpluskError } from '../../core/errors.js'
import { countByKind, type PassedOver } from '../../folders/passed-over.js'
import type { Thresholds } from '../../classes/thresholds.js'
import type { Device } from '../../classifier/model-options.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { orBaseModel, whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { count } from '../format.js'
import { imagePaths } from '../image-paths.js'
import { describePassedOver } from '../reports/passed-over.js'
import { describePredictions } from '../reports/predictions.js'
import { fraction, integer } from '../usage.js'
import { labelsOption } from './input-options.js'
import { deviceOption, examples, modelOption } from './shared-options.js'

interface PredictFlags {
  readonly model?: string
  readonly top?: number
  readonly reject?: number
  readonly thresholds?: string
  readonly null?: boolean
  readonly device?: Device
  readonly labels?: string
}

const maxAnswers = 1_000_000

export function predictCommand(environment: Environment): Command {
  return new Command('predict')
    .description('Says what images show.')
    .argument('[image...]', 'image files, or folders of images; - reads paths from the standard input, one a line')
    .option('-0, --null', 'the standard input has a NUL character behind every path, as of find -print0')
    .addOption(modelOption('the bundle or known model to ask'))
    .option('--top <n>', 'number of answers per image (default: 5)', integer(1, maxAnswers))
    .option(
      '--reject <rate>',
      'mark images of no known class; rate of known ones marked by mistake, e.g. 0.05',
      fraction,
    )
    .option(
      '--thresholds <which>',
      "mark answers below their class's threshold as unsure: best-f1, or a file of labels and thresholds",
    )
    .addOption(deviceOption())
    .addOption(labelsOption())
    .addHelpText(
      'after',
      examples([
        ['extend predict panda.jpg', 'the five best answers'],
        ['extend predict photos/ --top 1 --json', 'one line of JSON per image'],
        ['find . -name "*.jpg" | extend predict -', 'images that another program names'],
      ]),
    )
    .action((images: readonly string[], _flags: unknown, command: Command) =>
      perform(environment, command, (context) => predict(images, ownFlags<PredictFlags>(command), context)),
    )
}

async function predict(
  given: readonly string[],
  { top, reject, thresholds, labels, null: isNull = false, ...flags }: PredictFlags,
  context: Context,
): Promise<void> {
  const { call, json, style, stdin, print, printJson, complain, remark, count: countDone } = context
  // `-0` alone can only mean `- -0`.
  const images = isNull && given.length === 0 ? ['-'] : given
  if (images.length === 0)
    throw new NpluskError('USAGE', 'Missing required argument \'image\'; see "extend predict --help".')
  if (isNull && !images.includes('-'))
    throw new NpluskError('USAGE', '--null goes with -, which reads paths from the standard input; give that too.')
  const least = await thresholdsNamed(thresholds)
  const model = await whatToOpen(flags.model, orBaseModel)
  const { loadClassifier } = await import('../../workflow/classifier.js')
  const classifier = await loadClassifier({
    ...call,
    ...flags,
    model,
    ...(labels === undefined ? {} : { input: { labels } }),
  })
  let total = 0
  let unreadable = 0
  const passedOver: PassedOver[] = []
  const ended = new AbortController()
  try {
    const files = imagePaths(images, stdin, {
      signal: AbortSignal.any([call.signal, ended.signal]),
      isNull,
      onPassedOver(some) {
        for (const one of some) passedOver.push(one)
      },
    })
    // Paths on the standard input come while others are processed: nobody knows how many there will be.
    const listed = images.includes('-') ? undefined : await listOf(files)
    for await (const result of classifier.classify(listed ?? files, {
      signal: call.signal,
      onProgress: withWarnings(context).onProgress,
      ...(top === undefined ? {} : { top }),
      ...(reject === undefined ? {} : { reject }),
      ...(least === undefined ? {} : { thresholds: least }),
    })) {
      total++
      if (listed?.length !== 1)
        countDone({ type: 'progress', stage: 'predict', done: total, total: listed?.length, unit: 'images' })
      if ('error' in result) unreadable++
      if (json) printJson(result)
      else if ('error' in result) complain(result.error)
      else print(describePredictions(result, style))
    }
  } finally {
    // An open standard input would keep the process alive after a failure.
    ended.abort()
    await classifier.close()
  }
  for (const line of describePassedOver(countByKind(passedOver))) remark(line)
  if (unreadable > 0) {
    const message = `${unreadable} of ${count(total, 'image')} could not be read; mend or remove ${unreadable === 1 ? 'it' : 'them'}.`
    throw new NpluskError('BAD_INPUT', message)
  }
}

async function listOf(files: AsyncIterable<string>): Promise<string[]> {
  const list: string[] = []
  for await (const file of files) list.push(file)
  return list
}

async function thresholdsNamed(named: string | undefined): Promise<Thresholds | undefined> {
  if (named === undefined || named === 'best-f1') return named
  const { readThresholds } = await import('../../classes/threshold-file.js')
  return readThresholds(named).catch((error: unknown) => {
    const isMissing = error instanceof NpluskError && error.data['errno'] === 'ENOENT'
    if (!isMissing) throw error
    const message = `There is no file ${named}; give one to --thresholds, or best-f1 for the bundle's own.`
    throw new NpluskError('NOT_FOUND', message, { cause: error })
  })
}
