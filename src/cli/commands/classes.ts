import { Command } from 'commander'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeLabels } from '../reports/labels.js'
import { examples, modelOption } from './shared-options.js'

export function classesCommand(environment: Environment): Command {
  return new Command('classes')
    .description('Lists all classes and what each came with.')
    .addOption(modelOption('the bundle'))
    .addHelpText(
      'after',
      examples([
        ['extend classes | grep -i daisy', 'find a class'],
        ['extend classes --json', 'index, label, increment and WordNet id'],
      ]),
    )
    .action((_flags: unknown, command: Command) =>
      perform(environment, command, (context) => printClasses(ownFlags<{ model: string }>(command), context)),
    )
}

async function printClasses(flags: { readonly model?: string }, context: Context): Promise<void> {
  const { json, style, print, printJson } = context
  const model = await whatToOpen(flags.model)
  const { listLabels } = await import('../../workflow/classes.js')
  const { labels } = await listLabels({ ...withWarnings(context), model })
  if (json) printJson({ labels })
  else print(describeLabels(labels, style))
}
