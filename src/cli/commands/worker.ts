import { Command } from 'commander'
import type { Device } from '../../classifier/model-options.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import type { Environment } from '../environment.js'
import { describeJob } from '../reports/features.js'
import { count } from '../format.js'
import { deviceOption, examples } from './shared-options.js'

interface WorkerFlags {
  readonly queue: string
  readonly device?: Device
}

export function workerCommand(environment: Environment): Command {
  return new Command('worker')
    .description('Works for "extend features --queue" and "extend predict --queue", until it is stopped.')
    .requiredOption('--queue <address>', 'a Redis server, e.g. redis://host:6379')
    .addOption(deviceOption())
    .addHelpText(
      'after',
      examples([
        ['extend worker --queue redis://host', 'on as many machines as there are'],
        ['extend worker --queue rediss://:secret@host:6380', 'with TLS and a password'],
      ]),
    )
    .action((_flags: unknown, command: Command) =>
      perform(environment, command, (context) => runWorker(ownFlags<WorkerFlags>(command) as WorkerFlags, context)),
    )
}

/** A worker runs until it is stopped, so an abort is not a failure. */
async function runWorker(flags: WorkerFlags, context: Context): Promise<void> {
  const { json, print, printJson } = context
  const { runWorker: run } = await import('../../workflow/run-worker.js')
  const onJob = (job: Parameters<typeof describeJob>[0]) => (json ? printJson(job) : print(describeJob(job)))
  const { jobs } = await run({ ...withWarnings(context), ...flags, onJob })
  if (!json) print(`Stopped after ${count(jobs, 'job')}.`)
}
