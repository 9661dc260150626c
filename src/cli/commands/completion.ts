import { Argument, Command } from 'commander'
import { candidatesFor } from '../completion/candidates.js'
import { scripts, shells, type Shell } from '../completion/scripts.js'
import type { Environment } from '../environment.js'
import { knownNames } from '../completion/names.js'
import { show } from '../terminal/screen.js'
import { examples } from './shared-options.js'

export function completionCommand({ stdout }: Environment): Command {
  // Called by the completion scripts. A shell cannot show errors, so they are ignored.
  const words = new Command('words')
    .argument('<word...>')
    .action(async (typed: readonly string[], _flags: unknown, own: Command) => {
      const { paths, words } = await candidatesFor(own.parent!.parent!, typed, knownNames)
      show(stdout, [paths, ...words.map(([word, meaning]) => `${word}\t${meaning}`), ''].join('\n'))
    })

  return new Command('completion')
    .description('Prints what makes the Tab key of a shell complete commands, options and names.')
    .usage('[options] <shell>')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      examples([
        ['source <(extend completion bash)', 'in ~/.bashrc'],
        ['source <(extend completion zsh)', 'in ~/.zshrc, behind compinit'],
        ['extend completion fish | source', 'in ~/.config/fish/config.fish'],
      ]),
    )
    .action((shell: Shell) => show(stdout, scripts[shell]))
    .addCommand(words, { hidden: true })
}
