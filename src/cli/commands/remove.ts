import { Command } from 'commander'
import { ownFlags, perform, type Context } from '../context.js'
import { whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeRemoval } from '../reports/removal.js'
import { examples, modelOption } from './shared-options.js'

export function removeCommand(environment: Environment): Command {
  return new Command('remove')
    .description('Takes an increment or a class out again.')
    .argument('<name>', 'the increment or the class')
    .addOption(modelOption('the bundle to change'))
    .addHelpText(
      'after',
      examples([
        ['extend remove flowers', 'all classes that came with flowers/'],
        ['extend remove tulips', 'one class'],
      ]),
    )
    .action((name: string, _flags: unknown, command: Command) =>
      perform(environment, command, (context) => remove(name, ownFlags<{ model: string }>(command), context)),
    )
}

async function remove(
  name: string,
  flags: { readonly model?: string },
  { call, json, print, printJson }: Context,
): Promise<void> {
  const model = await whatToOpen(flags.model)
  const { removeClasses } = await import('../../workflow/remove.js')
  const result = await removeClasses({ ...call, model, name })
  if (json) printJson(result)
  else print(describeRemoval(result))
}
