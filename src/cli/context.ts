import { Option, type Command } from 'commander'
import { cacheFolder } from '../catalog/cache-folder.js'
import type { HubAccess } from '../fetch/hub.js'
import type { Proxies } from '../fetch/proxied-fetch.js'
import { typedCommand } from './typed-command.js'
import { isColoured, widthOf, type Environment, type OutputStream } from './environment.js'
import { errorLine, withCacheOption } from './failure.js'
import { printable } from './format.js'
import type { StageProgress } from './progress/measure.js'
import { progressReporter, type ReportedEvent } from './progress/reporter.js'
import { relaunchForCuda } from './relaunch.js'
import { sentenceOf } from './remedies.js'
import { show, showJson } from './terminal/screen.js'
import { styleOf, type Style } from './style.js'
import { wrap } from './wrap.js'

/** Options of every command, accepted before or after its name. */
export interface GlobalFlags {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly progress?: 'json'
  readonly verbose?: boolean
  readonly cacheDir?: string
}

/** The environment of a command's action. */
export interface Context {
  readonly json: boolean
  readonly style: Style
  readonly stdin: Environment['stdin']
  /** The command line as it was typed, without secrets, for a bundle's history and for reports. */
  readonly typed: string
  /** Prints lines of results. */
  print(lines: string): void
  /** Prints an object on one line. */
  printJson(value: object): void
  /** Prints an error that does not end the command. @param code for `--progress json` */
  complain(message: string, code?: string): void
  /** Prints a remark to the standard error stream; nothing with `--quiet`. */
  remark(message: string): void
  /**
   * Shows the progress of work that the command itself counts, whose results appear while it lasts; nothing where these
   * are shown on a terminal, as they tell enough.
   */
  count(progress: StageProgress): void
  /** Rephrases warnings of a result in terms of the command line. */
  inWords(warnings: readonly string[]): string[]
  /** Options of every library call. */
  readonly call: {
    readonly cacheDir: string
    readonly hub: HubAccess
    readonly proxies: Proxies
    readonly signal: AbortSignal
    readonly onProgress: (event: ReportedEvent) => void
  }
}

export function addGlobalOptions(command: Command): Command {
  return command
    .optionsGroup('Options of all commands:')
    .option('--json', 'print JSON, an object on one line')
    .option('--quiet', 'no progress')
    .addOption(
      new Option(
        '--progress <form>',
        'json: progress, warnings and errors as JSON, an object a line on the standard error stream',
      ).choices(['json']),
    )
    .option('--verbose', 'tell more, and give a stack trace with errors')
    .option(
      '--cache-dir <dir>',
      'where models and features are kept (default: $NPLUSK_CACHE_DIR, else nplusk in $XDG_CACHE_HOME, else ~/.cache/nplusk)',
    )
    .helpOption('-h, --help', 'show this help')
}

/**
 * Options for a call whose result lacks its warnings: they are shown as they come.
 *
 * @param inResult codes of those that the result has all the same
 */
export function withWarnings({ call, complain }: Context, inResult: readonly string[] = []): Context['call'] {
  return {
    ...call,
    onProgress: (event) =>
      event.type === 'warning' && !event.isUrgent && !inResult.includes(event.code)
        ? complain(sentenceOf(event), event.code)
        : call.onProgress(event),
  }
}

/** Reads proxy variables in lower case, as most programs write them, or in upper case. */
function proxiesOf(variables: Environment['variables']): Proxies {
  const named = (name: string) => variables[name] || variables[name.toUpperCase()] || undefined
  return { https: named('https_proxy'), http: named('http_proxy'), none: named('no_proxy') }
}

const globalKeys: readonly (keyof GlobalFlags)[] = ['json', 'quiet', 'progress', 'verbose', 'cacheDir']

/** A command's own options, without the global ones. */
export function ownFlags<Flags extends object>(command: Command): Partial<Flags> {
  const flags = Object.entries(command.opts()).filter(([key]) => !globalKeys.includes(key as keyof GlobalFlags))
  return Object.fromEntries(flags) as Partial<Flags>
}

/** Runs an action in its environment, and restores the terminal afterwards. */
export async function perform(
  environment: Environment,
  command: Command,
  action: (context: Context) => Promise<void>,
): Promise<void> {
  const { json = false, quiet = false, progress, verbose = false, cacheDir } = command.optsWithGlobals<GlobalFlags>()
  const { stdin, stdout, stderr, variables, home, signal } = environment
  const places = { home, nplusk: variables.NPLUSK_CACHE_DIR, xdg: variables.XDG_CACHE_HOME }
  const cache = cacheDir ?? cacheFolder(places)
  await relaunchForCuda(environment, command, cache)
  const asJson = progress === 'json'
  const reporter = await progressReporter(environment, { quiet, verbose, json: asJson })
  const hub = { token: variables.HF_TOKEN || undefined, url: variables.HF_ENDPOINT || undefined }
  const makeWay = (stream: OutputStream) => {
    if (stream.isTTY === true || stream === stderr) reporter.close()
  }
  const write = (stream: OutputStream, lines: string) => {
    makeWay(stream)
    show(stream, `${wrap(lines, widthOf(stream, variables), 2)}\n`)
  }
  // A result contains the messages only; the remedies come with the events.
  const sentenceOfMessage = new Map<string, string>()
  const onProgress = (event: ReportedEvent) => {
    if (event.type === 'warning') sentenceOfMessage.set(event.message, sentenceOf(event))
    reporter.onProgress(event)
  }
  try {
    await action({
      json,
      style: styleOf(isColoured(stdout, variables), widthOf(stdout, variables)),
      stdin,
      typed: typedCommand(environment.args),
      print: (lines) => write(stdout, lines),
      printJson(value) {
        makeWay(stdout)
        showJson(stdout, value)
      },
      complain: (message, code = 'UNREADABLE_IMAGE') =>
        // Not by the reporter, which shows nothing with `--quiet`.
        asJson ? showJson(stderr, { type: 'warning', code, message }) : write(stderr, errorLine(message)),
      remark(message) {
        if (asJson) reporter.onProgress({ type: 'info', message })
        else if (!quiet) write(stderr, printable(message))
      },
      count(progress) {
        if (asJson || stdout.isTTY !== true) reporter.onProgress(progress)
      },
      inWords: (warnings) => warnings.map((message) => sentenceOfMessage.get(message) ?? message),
      call: { cacheDir: cache, hub, proxies: proxiesOf(variables), signal, onProgress },
    })
  } catch (error) {
    throw withCacheOption(error, cache)
  } finally {
    reporter.close()
  }
}
