import { Command } from 'commander'
import type { Device } from '../../classifier/model-options.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import type { Environment } from '../environment.js'
import { describeModels, describePulled } from '../reports/models.js'
import { rejectArguments } from '../unknown-command.js'
import { addInputOptions, splitInput, type InputFlags } from './input-options.js'
import { deviceOption, examples } from './shared-options.js'

interface PullFlags extends InputFlags {
  readonly rehearsal?: string
  readonly device?: Device
}

export function modelsCommand(environment: Environment): Command {
  const pull = new Command('pull')
    .description('Fetches a model, for work offline, and makes rehearsal features for it.')
    .argument('<name>', 'a known model, hf:owner/name, an address, or an ONNX file')
    .option('--rehearsal <dir>', 'old images, to keep their features as what --add rehearses with')
    .addOption(deviceOption())
  addInputOptions(pull)
    .addHelpText(
      'after',
      examples([
        ['extend models pull resnet-50', 'fetch it into the cache'],
        ['extend models pull net.onnx --rehearsal photos/', 'give an ONNX file a rehearsal pack'],
      ]),
    )
    .action((name: string, _flags: unknown, command: Command) =>
      perform(environment, command, (context) => pullNamed(name, ownFlags<PullFlags>(command), context)),
    )

  return new Command('models')
    .description('Lists the known models.')
    .addHelpText(
      'after',
      examples([
        ['extend models', 'list them'],
        ['extend models pull inception-v3', 'fetch one'],
        ['extend models pull hf:owner/name', 'fetch an image classifier of the Hugging Face hub'],
      ]),
    )
    .allowExcessArguments()
    .action((_flags: unknown, command: Command) => {
      rejectArguments(command)
      return perform(environment, command, printModels)
    })
    .addCommand(pull)
    .enablePositionalOptions()
}

async function printModels({ call, json, style, print, printJson }: Context): Promise<void> {
  const { listModels } = await import('../../workflow/models.js')
  const models = await listModels(call)
  if (json) printJson({ models })
  else print(describeModels(models, style))
}

async function pullNamed(name: string, flags: PullFlags, context: Context): Promise<void> {
  const { json, print, printJson } = context
  const { input, rest } = splitInput(flags)
  const { pullModel } = await import('../../workflow/models.js')
  const pulled = await pullModel({ ...withWarnings(context), ...rest, ...(input ? { input } : {}), name })
  if (json) printJson(pulled)
  else print(describePulled(pulled))
}
