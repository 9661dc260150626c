import { Command } from 'commander'
import { perform, type Context } from '../context.js'
import type { Environment } from '../environment.js'
import { describeModel, describeModels } from '../reports/models.js'
import { rejectArguments } from '../usage.js'
import { examples } from './shared-options.js'

export function modelsCommand(environment: Environment): Command {
  const pull = new Command('pull')
    .description('Fetches a known model, for work offline.')
    .argument('<name>', 'the known model')
    .addHelpText('after', examples([['extend models pull inception-v3', 'fetch it into the cache']]))
    .action((name: string, _flags: unknown, command: Command) =>
      perform(environment, command, (context) => pullKnown(name, context)),
    )

  return new Command('models')
    .description('Lists the known models.')
    .addHelpText(
      'after',
      examples([
        ['extend models', 'list them'],
        ['extend models pull inception-v3', 'fetch one'],
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

async function pullKnown(name: string, { call, json, print, printJson }: Context): Promise<void> {
  const { pullModel } = await import('../../workflow/models.js')
  const model = await pullModel({ ...call, name })
  if (json) printJson(model)
  else print(describeModel(model))
}
