import { Command } from 'commander'
import type { FeaturesOptions } from '../../workflow/extract-features.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { modelToExtend } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeFeatures, describeMerge } from '../reports/features.js'
import { autoOr, integer, largestSeed, usageError } from '../usage.js'
import { addInputOptions, splitInput, type InputFlags } from './input-options.js'
import { deviceOption, examples, queueOption, shardOption } from './shared-options.js'

type FeaturesFlags = InputFlags &
  Pick<FeaturesOptions, 'device' | 'rehearsal' | 'augment' | 'seed' | 'shard' | 'out' | 'queue'> & {
    readonly model?: string
    readonly merge?: readonly string[]
  }

export function featuresCommand(environment: Environment): Command {
  const command = new Command('features')
    .description('Computes the features of images ahead of --add, here or on many machines.')
    .argument('[dir...]', 'folders of images, with class folders or without; several are those of one --add')
    .option('--model <model>', 'as with --add (default: ./extended if it is there, else inception-v3)')
    .option('--rehearsal <dir>', 'as with --add: a folder of old images, whose features are computed too')
    .option('--augment <n>', 'as with --add (default: auto)', autoOr(0, 100))
    .option('--seed <number>', 'as with --add (default: 0)', integer(0, largestSeed))
    .addOption(deviceOption())
    .addOption(shardOption())
    .option('--out <file>', 'write the features to a file too, for the cache of another machine')
    .option('--merge <part...>', 'take such files into the cache')
    .addOption(queueOption())
  return addInputOptions(command)
    .addHelpText(
      'after',
      examples([
        ['extend features flowers/', 'so that --add flowers/ need not'],
        ['extend features a/ b/ --rehearsal old/', 'what --add a/ --add b/ --rehearsal old/ needs'],
        ['extend features flowers/ --shard 1/4 --out 1.part', 'a quarter, on one of four machines'],
        ['extend features --merge 1.part 2.part', 'what they wrote'],
        ['extend features flowers/ --queue redis://host', 'by "extend worker" on many machines'],
      ]),
    )
    .action((dirs: readonly string[], _flags: unknown, own: Command) => {
      const { merge, ...flags } = ownFlags<FeaturesFlags>(own)
      if ((dirs.length === 0) === (merge === undefined))
        throw usageError('Give either a folder of images or --merge with parts', own)
      const [other] = Object.keys(flags)
      if (merge !== undefined && other !== undefined) throw usageError(`--merge does not go with --${other}`, own)
      return perform(environment, own, (context) =>
        merge === undefined ? extractFolders(dirs, flags, context) : mergeParts(merge, context),
      )
    })
}

async function extractFolders(folder: readonly string[], flags: FeaturesFlags, context: Context): Promise<void> {
  const { input, rest } = splitInput(flags)
  const { extractFeatures } = await import('../../workflow/extract-features.js')
  const model = await modelToExtend(flags.model)
  const call = { ...withWarnings(context), ...rest, ...(input ? { input } : {}) }
  const result = await extractFeatures({ ...call, model, folder })
  if (context.json) context.printJson(result)
  else context.print(describeFeatures(result))
}

async function mergeParts(parts: readonly string[], { call, json, print, printJson }: Context): Promise<void> {
  const { mergeFeatures } = await import('../../workflow/merge-features.js')
  const result = await mergeFeatures({ ...call, parts })
  if (json) printJson(result)
  else print(describeMerge(result))
}
