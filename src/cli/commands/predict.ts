import { Command } from 'commander'
import { NpluskError } from '../../core/errors.js'
import type { AnswerOptions } from '../../answers/answering.js'
import { PassedOverCount } from '../../folders/passed-over.js'
import type { Thresholds } from '../../classes/thresholds.js'
import type { Device, ModelOptions } from '../../classifier/model-options.js'
import type { Shard } from '../../features/shard.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { orBaseModel, whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { imagePaths } from '../image-paths.js'
import { describePassedOver } from '../reports/passed-over.js'
import { describePredictions } from '../reports/predictions.js'
import { unreadableImages } from '../unreadable-images.js'
import { fraction, integer, usageError } from '../usage.js'
import { labelsOption } from './input-options.js'
import { deviceOption, examples, modelOption, queueOption, shardOption } from './shared-options.js'

interface PredictFlags {
  readonly model?: string
  readonly top?: number
  readonly reject?: number
  readonly thresholds?: string
  readonly null?: boolean
  readonly device?: Device
  readonly labels?: string
  readonly out?: string
  readonly resume?: boolean
  readonly shard?: Shard
  readonly queue?: string
}

const maxAnswers = 1_000_000

export function predictCommand(environment: Environment): Command {
  return new Command('predict')
    .description('Says what images show.')
    .argument(
      '[image...]',
      'image files, folders or tar files of images; - reads paths from the standard input, one a line',
    )
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
    .option('--out <file>', 'append the answers to a file as JSON, a line for each image; for very many images')
    .option('--resume', 'with --out: go on with a file that the same command has begun')
    .addOption(shardOption())
    .addOption(queueOption())
    .addOption(deviceOption())
    .addOption(labelsOption())
    .addHelpText(
      'after',
      examples([
        ['extend predict panda.jpg', 'the five best answers'],
        ['extend predict photos/ --top 1 --json', 'one line of JSON per image'],
        ['extend predict photos/ --out answers.jsonl --resume', 'a million images; goes on after a stop'],
        ['find . -name "*.jpg" | extend predict -', 'images that another program names'],
      ]),
    )
    .action((images: readonly string[], _flags: unknown, command: Command) => {
      const flags = ownFlags<PredictFlags>(command)
      const alone = (['resume', 'shard', 'queue'] as const).find((name) => flags[name] !== undefined)
      if (alone !== undefined && flags.out === undefined) throw usageError(`--${alone} goes with --out`, command)
      return perform(environment, command, (context) => predict(images, flags, context))
    })
}

async function predict(given: readonly string[], flags: PredictFlags, context: Context): Promise<void> {
  const { null: isNull = false, thresholds, labels, out, ...rest } = flags
  // `-0` alone can only mean `- -0`.
  const images = isNull && given.length === 0 ? ['-'] : given
  if (images.length === 0)
    throw new NpluskError('USAGE', 'Missing required argument \'image\'; see "extend predict --help".')
  if (isNull && !images.includes('-'))
    throw new NpluskError('USAGE', '--null goes with -, which reads paths from the standard input; give that too.')
  const least = await thresholdsNamed(thresholds)
  const options = {
    ...rest,
    model: await whatToOpen(flags.model, orBaseModel),
    ...(labels === undefined ? {} : { input: { labels } }),
    ...(least === undefined ? {} : { thresholds: least }),
  }
  const ended = new AbortController()
  const signal = AbortSignal.any([context.call.signal, ended.signal])
  // Paths on the standard input come while others are processed: nobody knows how many there will be.
  const paths = images.includes('-') ? imagePaths(images, context.stdin, { signal, isNull }) : images
  try {
    if (out === undefined) return await printAnswers(paths, options, context)
    const { predictIntoFile } = await import('./predict-into-file.js')
    await predictIntoFile({ ...options, images: paths, out }, context)
  } finally {
    // An open standard input would keep the process alive after a failure.
    ended.abort()
  }
}

async function printAnswers(
  paths: readonly string[] | AsyncIterable<string>,
  options: ModelOptions & AnswerOptions,
  context: Context,
): Promise<void> {
  const { json, style, print, printJson, complain, remark, count: countDone } = context
  const call = withWarnings(context)
  const { loadClassifier } = await import('../../workflow/classifier.js')
  const classifier = await loadClassifier({ ...call, ...options })
  let total = 0
  let unreadable = 0
  const passedOver = new PassedOverCount()
  try {
    const { isTarName, listedPictures } = await import('../../answers/listed-pictures.js')
    const { withContent } = await import('../../answers/with-content.js')
    const files = listedPictures(paths, (some) => passedOver.add(some))
    const isKnown = Array.isArray(paths) && !paths.some(isTarName)
    const listed = isKnown ? await listOf(withContent(files)) : undefined
    const { signal, onProgress } = call
    for await (const result of classifier.classify(listed ?? withContent(files), { ...options, signal, onProgress })) {
      total++
      if (listed?.length !== 1)
        countDone({ type: 'progress', stage: 'predict', done: total, total: listed?.length, unit: 'images' })
      if ('error' in result) unreadable++
      if (json) printJson(result)
      else if ('error' in result) complain(result.error)
      else print(describePredictions(result, style))
    }
  } finally {
    await classifier.close()
  }
  for (const line of describePassedOver(passedOver.kinds())) remark(line)
  if (unreadable > 0) throw unreadableImages(unreadable, total)
}

async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
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
