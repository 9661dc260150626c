import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { extendCommand } from './commands/extend.js'
import { helpCommand } from './commands/help.js'
import { addGlobalOptions } from './context.js'
import type { Environment } from './environment.js'
import { helpLayout, helpWidth } from './help.js'
import { show } from './terminal/screen.js'
import { throwUsageErrors } from './usage.js'

/** Makers of the commands, in the order of the help. */
const commands: Readonly<Record<string, () => Promise<(environment: Environment) => Command>>> = {
  predict: async () => (await import('./commands/predict.js')).predictCommand,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluateCommand,
  advise: async () => (await import('./commands/advise.js')).adviseCommand,
  suggest: async () => (await import('./commands/suggest.js')).suggestCommand,
  classes: async () => (await import('./commands/classes.js')).classesCommand,
  remove: async () => (await import('./commands/remove.js')).removeCommand,
  rename: async () => (await import('./commands/rename.js')).renameCommand,
  history: async () => (await import('./commands/history.js')).historyCommand,
  rollback: async () => (await import('./commands/rollback.js')).rollbackCommand,
  verify: async () => (await import('./commands/verify.js')).verifyCommand,
  diff: async () => (await import('./commands/diff.js')).diffCommand,
  export: async () => (await import('./commands/export.js')).exportCommand,
  serve: async () => (await import('./commands/serve.js')).serveCommand,
  models: async () => (await import('./commands/models.js')).modelsCommand,
  inspect: async () => (await import('./commands/inspect.js')).inspectCommand,
  features: async () => (await import('./commands/features.js')).featuresCommand,
  worker: async () => (await import('./commands/worker.js')).workerCommand,
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand,
  'setup-cuda': async () => (await import('./commands/setup-cuda.js')).setupCudaCommand,
  cache: async () => (await import('./commands/cache.js')).cacheCommand,
  completion: async () => (await import('./commands/completion.js')).completionCommand,
  help: () => Promise.resolve(helpCommand),
}

/** Commands that need all the others. */
const overAll = ['help', 'completion']

/**
 * Builds the program for these arguments: with the command that they begin with, or else with all commands. It runs no
 * action and loads no heavy module.
 */
export async function buildProgram(environment: Environment, args: readonly string[]): Promise<Command> {
  const [first] = args
  const named = Object.keys(commands).filter((name) => name === first && !overAll.includes(name))
  const wanted = named.length > 0 ? named : Object.keys(commands)
  const makers = await Promise.all(wanted.map((name) => commands[name]!()))
  const program = extendCommand(environment)
    .optionsGroup('Options of all commands:')
    .version(packageVersion(), '-V, --version', 'print the version')
    .commandsGroup('Commands:')
    // Before a command's name only global options are allowed; behind it, the command's own options come first.
    .enablePositionalOptions()
  for (const make of makers) program.addCommand(make(environment))
  for (const command of program.commands) {
    if (command.createHelp().visibleCommands(command).length > 0) command.addCommand(helpCommand())
  }
  const width = helpWidth(environment)
  everyCommand(program, (command) => {
    addGlobalOptions(command)
    command.configureHelp(helpLayout(width))
    command.configureOutput({
      writeOut: (text) => show(environment.stdout, text),
      // Errors are thrown, and shown in one place.
      writeErr: () => undefined,
      getOutHelpWidth: () => width,
      getOutHasColors: () => false,
    })
  })
  throwUsageErrors(program)
  return program
}

function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command)
  for (const sub of command.commands) everyCommand(sub, visit)
}

function packageVersion(): string {
  // Compiled code runs from dist/src/cli.
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
