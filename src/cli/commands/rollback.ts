import { Command } from 'commander'
import { ownFlags, perform, type Context } from '../context.js'
import { whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { count } from '../format.js'
import { describeChanges } from '../reports/changes.js'
import { shownPath } from '../reports/paths.js'
import { integer } from '../usage.js'
import { examples, keepOption, modelOption } from './shared-options.js'

interface RollbackFlags {
  readonly model?: string
  readonly keep?: number
}

export function rollbackCommand(environment: Environment): Command {
  return new Command('rollback')
    .description('Brings an earlier revision of a bundle back, bit for bit.')
    .argument('[revision]', 'its number (default: the one before the last change)', integer(1, Number.MAX_SAFE_INTEGER))
    .addOption(modelOption('the bundle to change'))
    .addOption(keepOption())
    .addHelpText(
      'after',
      examples([
        ['extend rollback', 'take the last change back; once more, and it is done again'],
        ['extend rollback 2', 'go back to revision 2 of "extend history"'],
      ]),
    )
    .action((revision: number | undefined, _flags: unknown, command: Command) =>
      perform(environment, command, (context) => rollBack(revision, ownFlags<RollbackFlags>(command), context)),
    )
}

async function rollBack(
  revision: number | undefined,
  { keep, ...flags }: RollbackFlags,
  { call: { signal, onProgress }, json, typed, print, printJson }: Context,
): Promise<void> {
  const model = await whatToOpen(flags.model)
  const { rollback } = await import('../../workflow/rollback.js')
  const result = await rollback({ signal, onProgress, model, revision, keep, command: typed })
  if (json) return printJson(result)
  const { bundle, restored, changes, classes } = result
  print(
    [
      `${shownPath(bundle)} is as it was at revision ${restored}, and this is revision ${result.revision}.`,
      ...describeChanges(changes).map((line) => `  ${line}`),
      `It tells ${count(classes.total, 'class')} apart: ${classes.base} old and ${classes.added} added.`,
    ].join('\n'),
  )
}
