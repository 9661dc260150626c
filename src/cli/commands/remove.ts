import { Command } from 'commander'
import type { Device } from '../../classifier/model-options.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeRemoval } from '../reports/removal.js'
import {
  classOption,
  deviceOption,
  examples,
  incrementOption,
  keepOption,
  kindOf,
  modelOption,
  type KindFlags,
} from './shared-options.js'

interface RemoveFlags extends KindFlags {
  readonly model?: string
  readonly keep?: number
  readonly device?: Device
}

export function removeCommand(environment: Environment): Command {
  return new Command('remove')
    .description('Takes an increment or a class out again.')
    .argument('<name>', 'the increment or the class')
    .addOption(modelOption('the bundle to change'))
    .addOption(classOption())
    .addOption(incrementOption())
    .addOption(keepOption())
    .addOption(deviceOption())
    .addHelpText(
      'after',
      examples([
        ['extend remove flowers', 'all classes that came with flowers/'],
        ['extend remove tulips', 'one class'],
        ['extend remove roses --class', 'the class, where an increment is called roses too'],
      ]),
    )
    .action((name: string, _flags: unknown, command: Command) =>
      perform(environment, command, (context) => remove(name, ownFlags<RemoveFlags>(command), context)),
    )
}

async function remove(name: string, flags: RemoveFlags, context: Context): Promise<void> {
  const { json, typed, print, printJson } = context
  const call = withWarnings(context)
  const model = await whatToOpen(flags.model)
  const { removeClasses } = await import('../../workflow/remove.js')
  const { keep, device } = flags
  const options = { ...call, ...kindOf(flags), ...(device === undefined ? {} : { device }) }
  const result = await removeClasses({ ...options, model, name, command: typed, keep })
  if (json) printJson(result)
  else print(describeRemoval(result))
}
