import { Command } from 'commander'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { printable } from '../format.js'
import { shownPath } from '../reports/paths.js'
import {
  classOption,
  examples,
  incrementOption,
  keepOption,
  kindOf,
  modelOption,
  type KindFlags,
} from './shared-options.js'

interface RenameFlags extends KindFlags {
  readonly model?: string
  readonly keep?: number
}

export function renameCommand(environment: Environment): Command {
  return new Command('rename')
    .description('Gives an added class or an increment another name; nothing is trained.')
    .argument('<old>', 'the class or the increment')
    .argument('<new>', 'its new name')
    .addOption(modelOption('the bundle to change'))
    .addOption(classOption())
    .addOption(incrementOption())
    .addOption(keepOption())
    .addHelpText(
      'after',
      examples([
        ["extend rename 'daisy (flowers)' 'oxeye daisy'", 'a class'],
        ['extend rename flowers meadow --increment', 'what "extend remove" and "extend classes" call an addition'],
      ]),
    )
    .action((name: string, to: string, _flags: unknown, command: Command) =>
      perform(environment, command, (context) => rename(name, to, ownFlags<RenameFlags>(command), context)),
    )
}

async function rename(name: string, to: string, { keep, ...flags }: RenameFlags, context: Context): Promise<void> {
  const { json, typed, print, printJson, inWords } = context
  const { signal, onProgress } = json ? context.call : withWarnings(context)
  const model = await whatToOpen(flags.model)
  const { renameClass } = await import('../../workflow/rename.js')
  const result = await renameClass({ signal, onProgress, model, name, to, keep, command: typed, ...kindOf(flags) })
  if (json) return printJson({ ...result, warnings: inWords(result.warnings) })
  const { kind, from, bundle } = result
  const what = kind === 'class' ? 'class' : 'increment'
  print(`The ${what} ${printable(from)} of ${shownPath(bundle)} is called ${printable(result.to)} now.`)
}
