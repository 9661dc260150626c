import { Command } from 'commander'
import type { AdviseOptions } from '../../workflow/advise.js'
import { ownFlags, perform, type Context } from '../context.js'
import { modelToExtend } from '../defaults.js'
import type { Environment } from '../environment.js'
import { sentenceOf } from '../remedies.js'
import { describeAdvice } from '../reports/advice.js'
import { shownPath } from '../reports/paths.js'
import { unwrittenReport } from '../unwritten-report.js'
import { integer, largestSeed } from '../usage.js'
import { addInputOptions, splitInput, type InputFlags } from './input-options.js'
import { deviceOption, examples } from './shared-options.js'

type AdviseFlags = InputFlags &
  Pick<AdviseOptions, 'device' | 'test' | 'rehearsal' | 'seed'> & { readonly model?: string; readonly report?: string }

export function adviseCommand(environment: Environment): Command {
  const command = new Command('advise')
    .description('Looks at pictures before they are learned: what is wrong with them, what to expect, what to do.')
    .argument('<dir>', 'a folder with one folder of images per class, as for --add')
    .option('--model <model>', 'as with --add (default: ./extended if it is there, else inception-v3)')
    .option('--test <dir>', 'pictures that it will be tested on or meet, to compare with')
    .option('--report <file>', 'write a page on it, with the pictures: report.html')
    .option('--rehearsal <images>', 'as with --add: a folder, builtin or none')
    .option('--seed <number>', 'as with --add (default: 0)', integer(0, largestSeed))
    .addOption(deviceOption())
  return addInputOptions(command)
    .addHelpText(
      'after',
      examples([
        ['extend advise flowers/', 'duplicates, wrong folders, outliers, and what to do about them'],
        ['extend advise flowers/train --test flowers/val', 'and how the test pictures differ'],
        ['extend advise flowers/ --report report.html', 'a page to look at'],
        ['extend advise flowers/ --json', 'all of it, for a program'],
      ]),
    )
    .action((folder: string, _flags: unknown, own: Command) =>
      perform(environment, own, (context) => adviseOn(folder, ownFlags<AdviseFlags>(own), context)),
    )
}

async function adviseOn(
  folder: string,
  flags: Partial<AdviseFlags>,
  { call, json, style, typed, print, printJson, remark }: Context,
): Promise<void> {
  const { report: file, ...others } = flags
  const { input, rest } = splitInput(others)
  const model = await modelToExtend(flags.model)
  const { advise } = await import('../../workflow/advise.js')
  const report = file === undefined ? {} : { report: { file, command: typed, sentence: sentenceOf } }
  const advice = await advise({ ...call, ...rest, ...(input ? { input } : {}), ...report, model, folder })
  if (json) printJson(advice)
  else print(describeAdvice(advice, style))
  if (advice.unwritten) throw unwrittenReport()
  if (file !== undefined) remark(`Report: ${shownPath(file)}`)
}
