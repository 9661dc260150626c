import { Command } from 'commander'
import { ownFlags, perform, type Context } from '../context.js'
import type { Environment } from '../environment.js'
import { describeInspection } from '../reports/inspection.js'
import { addInputOptions, splitInput, type InputFlags } from './input-options.js'
import { examples } from './shared-options.js'

interface InspectFlags extends InputFlags {
  readonly images?: string
}

export function inspectCommand(environment: Environment): Command {
  const command = new Command('inspect')
    .description('Shows what is found in an ONNX classifier: input, preprocessing, head, layers.')
    .argument('<model>', 'an ONNX classifier: a file, an address, hf:owner/name or a known model')
    .option('--images <dir>', 'photographs to try preprocessing on (default: drawings that come with nplusk)')
  return addInputOptions(command)
    .addHelpText(
      'after',
      examples([
        ['extend inspect resnet50.onnx', 'is everything found?'],
        ['extend inspect net.onnx --images pics/', 'is the preprocessing right?'],
        ['extend inspect inception-v3', 'which layers are there for --layers?'],
      ]),
    )
    .action((file: string, _flags: unknown, own: Command) =>
      perform(environment, own, (context) => inspect(file, ownFlags<InspectFlags>(own), context)),
    )
}

async function inspect(
  file: string,
  flags: InspectFlags,
  { call, json, style, print, printJson }: Context,
): Promise<void> {
  const { input, rest } = splitInput(flags)
  const { inspectModel } = await import('../../workflow/inspect.js')
  const inspection = await inspectModel({ ...call, ...rest, file, ...(input ? { input } : {}) })
  if (json) printJson(inspection)
  else print(describeInspection(inspection, file, style))
}
