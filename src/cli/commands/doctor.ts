import { Command } from 'commander'
import { versions } from 'node:process'
import { perform, type Context } from '../context.js'
import type { Environment } from '../environment.js'
import { wordsOf } from '../remedies.js'
import { describeDiagnosis, type ShownDiagnosis } from '../reports/diagnosis.js'
import { examples } from './shared-options.js'

export function doctorCommand(environment: Environment): Command {
  return new Command('doctor')
    .description('Tells what works here and why not.')
    .addHelpText('after', examples([['extend doctor --json', 'for a bug report']]))
    .action((_flags: unknown, command: Command) => perform(environment, command, doctor))
}

async function doctor({ call, json, style, print, printJson }: Context): Promise<void> {
  const { diagnose } = await import('../../workflow/doctor.js')
  const diagnosis = await diagnose(call)
  const complete: ShownDiagnosis = {
    ...diagnosis,
    versions: { ...diagnosis.versions, node: versions.node },
    providers: diagnosis.providers.map(({ remedy, ...provider }) =>
      remedy === undefined ? provider : { ...provider, remedy: wordsOf(remedy) },
    ),
  }
  if (json) printJson(complete)
  else print(describeDiagnosis(complete, style))
}
