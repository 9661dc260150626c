import { Command } from 'commander'
import { perform, type Context } from '../context.js'
import type { Environment } from '../environment.js'
import { bytes } from '../format.js'
import { describeCache } from '../reports/cache.js'
import { rejectArguments } from '../unknown-command.js'
import { examples } from './shared-options.js'

export function cacheCommand(environment: Environment): Command {
  const clear = new Command('clear')
    .description(
      'Deletes the downloaded models and the bottlenecks, which come back when they are needed, and what fine-tuning keeps: training that was interrupted or dropped begins anew, and large pictures are made smaller again.',
    )
    .addHelpText('after', examples([['extend cache clear', 'free the space']]))
    .action((_flags: unknown, command: Command) => perform(environment, command, clearAll))

  return new Command('cache')
    .description('Shows what the cache holds.')
    .addHelpText(
      'after',
      examples([
        ['extend cache', 'show its size'],
        ['extend cache clear', 'remove models, features and what fine-tuning keeps'],
      ]),
    )
    .allowExcessArguments()
    .action((_flags: unknown, command: Command) => {
      rejectArguments(command)
      return perform(environment, command, printCache)
    })
    .addCommand(clear)
    .enablePositionalOptions()
}

async function printCache({ call, json, print, printJson }: Context): Promise<void> {
  const { cacheInfo } = await import('../../workflow/cache.js')
  const info = await cacheInfo(call)
  if (json) printJson(info)
  else print(describeCache(info))
}

async function clearAll({ call, json, print, printJson }: Context): Promise<void> {
  const { clearCache } = await import('../../workflow/cache.js')
  const freed = await clearCache(call)
  if (json) printJson(freed)
  else print(`Freed ${bytes(freed.bytes)}.`)
}
