import { readFileSync } from 'node:fs'
import type { Argument, Command } from 'commander'
import { cacheCommand } from './commands/cache.js'
import { classesCommand } from './commands/classes.js'
import { doctorCommand } from './commands/doctor.js'
import { evaluateCommand } from './commands/evaluate.js'
import { exportCommand } from './commands/export.js'
import { extendCommand } from './commands/extend.js'
import { featuresCommand } from './commands/features.js'
import { inspectCommand } from './commands/inspect.js'
import { modelsCommand } from './commands/models.js'
import { predictCommand } from './commands/predict.js'
import { removeCommand } from './commands/remove.js'
import { workerCommand } from './commands/worker.js'
import { addGlobalOptions } from './context.js'
import { setupCudaCommand } from './commands/setup-cuda.js'
import type { Environment } from './environment.js'
import { throwUsageErrors } from './usage.js'

/** The whole command line. No action has run and no heavy module is loaded yet. */
export function buildProgram(environment: Environment): Command {
  const program = extendCommand(environment)
    .optionsGroup('Options of all commands:')
    .version(packageVersion(), '-V, --version', 'print the version')
    .commandsGroup('Commands:')
    .addCommand(predictCommand(environment))
    .addCommand(evaluateCommand(environment))
    .addCommand(classesCommand(environment))
    .addCommand(removeCommand(environment))
    .addCommand(exportCommand(environment))
    .addCommand(modelsCommand(environment))
    .addCommand(inspectCommand(environment))
    .addCommand(featuresCommand(environment))
    .addCommand(workerCommand(environment))
    .addCommand(doctorCommand(environment))
    .addCommand(setupCudaCommand(environment))
    .addCommand(cacheCommand(environment))
    .helpCommand('help [command]', 'show the help of a command')
    // Options before a command's name are those of all commands; behind it, the command's own come first.
    .enablePositionalOptions()
  everyCommand(program, (command) => {
    addGlobalOptions(command)
    command.configureHelp({
      subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map(argumentTerm)].join(' '),
    })
    command.configureOutput({
      writeOut: (text) => void environment.stdout.write(text),
      // Errors are thrown, and shown in one place.
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(environment.stdout.columns ?? 80, 110),
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

function argumentTerm(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '')
  return argument.required ? `<${name}>` : `[${name}]`
}

function packageVersion(): string {
  // Compiled code runs from dist/src/cli.
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
