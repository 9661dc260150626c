import { Command } from 'commander'
import { ownFlags, perform, type Context } from '../context.js'
import { whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeHistory } from '../reports/history.js'
import { examples, modelOption } from './shared-options.js'

export function historyCommand(environment: Environment): Command {
  return new Command('history')
    .description('Lists the changes of a bundle, the last one first.')
    .addOption(modelOption('the bundle'))
    .addHelpText(
      'after',
      examples([
        ['extend history', 'what was done when, and what it did to the figures'],
        ['extend history --json', 'all of it'],
      ]),
    )
    .action((_flags: unknown, command: Command) =>
      perform(environment, command, (context) => printHistory(ownFlags<{ model: string }>(command), context)),
    )
}

async function printHistory(
  flags: { readonly model?: string },
  { json, style, print, printJson }: Context,
): Promise<void> {
  const model = await whatToOpen(flags.model)
  const { history } = await import('../../workflow/history.js')
  const result = await history({ model })
  if (json) printJson(result)
  else print(describeHistory(result, style))
}
