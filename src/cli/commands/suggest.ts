import { Command } from 'commander'
import type { SuggestOptions } from '../../workflow/suggest.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { modelToExtend } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeSuggestion } from '../reports/suggestion.js'
import { integer } from '../usage.js'
import { addInputOptions, splitInput, type InputFlags } from './input-options.js'
import { deviceOption, examples } from './shared-options.js'

type SuggestFlags = InputFlags & Partial<Pick<SuggestOptions, 'model' | 'n' | 'copyTo' | 'device'>>

const usualNumber = 50
const largestNumber = 1_000_000

export function suggestCommand(environment: Environment): Command {
  const command = new Command('suggest')
    .description('Says which unlabelled pictures to label next: those that would help most.')
    .argument('<dir>', 'a folder of pictures without labels, with subfolders or without')
    .option('--n <n>', `how many (default: ${usualNumber})`, integer(1, largestNumber))
    .option('--model <model>', 'as with --add (default: ./extended if it is there, else inception-v3)')
    .option('--copy-to <dir>', 'copy them into a new folder, their names in the order of the list')
    .addOption(deviceOption())
  return addInputOptions(command)
    .addHelpText(
      'after',
      examples([
        ['extend suggest photos/', 'the fifty that would help ./extended most'],
        ['extend suggest photos/ --n 20 --copy-to next/', 'twenty, copied to where they can be sorted'],
        ['extend suggest photos/ --json', 'the list for another program'],
      ]),
    )
    .action((folder: string, _flags: unknown, own: Command) =>
      perform(environment, own, (context) => suggestImages(folder, ownFlags<SuggestFlags>(own), context)),
    )
}

async function suggestImages(folder: string, flags: SuggestFlags, context: Context): Promise<void> {
  const { json, style, print, printJson } = context
  const { input, rest } = splitInput(flags)
  const model = await modelToExtend(flags.model)
  const { suggest } = await import('../../workflow/suggest.js')
  const call = { ...withWarnings(context), ...rest, ...(input ? { input } : {}) }
  const result = await suggest({ n: usualNumber, ...call, model, folder })
  if (json) printJson(result)
  else print(describeSuggestion(result, flags.copyTo, style))
}
