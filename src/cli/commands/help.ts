import { Command } from 'commander'
import { unknownCommand } from '../unknown-command.js'
import { examples } from './shared-options.js'

/** `extend help`. It replaces commander's own command, which fails if an exit code is set already. */
export function helpCommand(): Command {
  return new Command('help')
    .description('Shows the help of a command.')
    .argument('[command...]', 'the command; without one, all are shown')
    .addHelpText(
      'after',
      examples([
        ['extend help predict', 'as extend predict --help'],
        ['extend help models pull', 'a command within a command'],
      ]),
    )
    .action((path: readonly string[], _flags: unknown, own: Command) => {
      let command = own.parent!
      for (const word of path) {
        const sub = command.commands.find((one) => one.name() === word)
        if (sub === undefined) throw unknownCommand(word, undefined, command)
        command = sub
      }
      command.outputHelp()
    })
}
