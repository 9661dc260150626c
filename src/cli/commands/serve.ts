import { once } from 'node:events'
import { Command } from 'commander'
import { NpluskError } from '../../core/errors.js'
import type { Device } from '../../classifier/model-options.js'
import type { ModelToServe } from '../../server/options.js'
import { ownFlags, perform, withWarnings, type Context } from '../context.js'
import { currentBundle, modelToExtend, orBaseModel, whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { describeService } from '../reports/service.js'
import { collect, integer } from '../usage.js'
import { deviceOption, examples } from './shared-options.js'

interface ServeFlags {
  readonly model?: readonly string[]
  readonly host?: string
  readonly port?: number
  readonly allowHost?: readonly string[]
  readonly allowAdd?: boolean
  readonly token?: string
  readonly device?: Device
}

export function serveCommand(environment: Environment): Command {
  return new Command('serve')
    .description('Puts a classifier behind HTTP, for programs and with a page for people, until it is stopped.')
    .option(
      '--model <model>',
      'a bundle or known model, or NAME=MODEL for one that requests ask for by name; may be repeated (default: ./extended)',
      collect,
    )
    .option('--host <address>', 'where to listen; 0.0.0.0 takes requests from other machines (default: 127.0.0.1)')
    .option('--port <n>', 'where to listen; 0 takes a free one (default: 8080)', integer(0, 65_535))
    .option(
      '--allow-host <name>',
      'a name that requests may be addressed to, beside localhost and numbers; .NAME for all that end so, * for any; may be repeated',
      collect,
    )
    .option('--allow-add', 'let those who have the token teach new classes, from the page or a program')
    .option('--token <token>', 'what they must have (default: $NPLUSK_TOKEN, else one that is made up and printed)')
    .addOption(deviceOption())
    .addHelpText(
      'after',
      examples([
        ['extend serve', './extended, at http://127.0.0.1:8080'],
        ['extend serve --allow-add', 'as well, teachable from the page'],
        ['extend serve --model a=flowers --model b=birds', 'two bundles by their names'],
        ['extend serve --host 0.0.0.0 --allow-host box', 'for other machines, which call this one box'],
      ]),
    )
    .action((_flags: unknown, command: Command) =>
      perform(environment, command, (context) =>
        runService(ownFlags<ServeFlags>(command), environment.variables['NPLUSK_TOKEN'], context),
      ),
    )
}

/** A service runs until it is stopped, so an abort is not a failure. */
async function runService(flags: ServeFlags, ownToken: string | undefined, context: Context): Promise<void> {
  const { model: models = [], allowHost: allowedHosts = [], allowAdd = false, token, ...rest } = flags
  if (token !== undefined && !allowAdd)
    throw new NpluskError('USAGE', 'The option --token goes with --allow-add; give that too, or leave it out.')
  const { json, print, printJson, call } = context
  const given = token ?? (ownToken || undefined)
  const named = models.length > 0 ? models.map(modelNamed) : [await defaultModel(allowAdd)]
  const { serve } = await import('../../server/serve.js')
  const running = await serve({
    ...withWarnings(context),
    ...rest,
    models: named,
    allowedHosts,
    allowAdd,
    ...(given === undefined ? {} : { token: given }),
  })
  const { url, otherUrls } = running
  // Nobody needs to be told a token that they gave.
  const made = given === undefined ? running.token : undefined
  if (json) printJson(made === undefined ? { url } : { url, token: made })
  else print(describeService({ url, otherUrls, allowAdd, token: made }))
  if (!call.signal.aborted) await once(call.signal, 'abort')
  await running.close()
}

/** `NAME=MODEL`, or a model that is called by its own name; a path may have an equals sign behind a slash. */
function modelNamed(text: string): ModelToServe {
  const [, name, model] = /^([^/\\=:]+)=(.+)$/s.exec(text) ?? []
  return name === undefined || model === undefined ? { model: text } : { name, model }
}

/** Whoever has no bundle yet begins with the default model, if it may be taught. */
async function defaultModel(allowAdd: boolean): Promise<ModelToServe> {
  if (!allowAdd) return { model: await whatToOpen(undefined, orBaseModel) }
  const model = await modelToExtend(undefined)
  return model === currentBundle ? { model } : { model, out: currentBundle }
}
