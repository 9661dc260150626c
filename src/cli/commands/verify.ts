import { Command } from 'commander'
import { perform, type Context } from '../context.js'
import { whatToOpen } from '../defaults.js'
import type { Environment } from '../environment.js'
import { damagedBundle, describeVerification } from '../reports/verification.js'
import { examples } from './shared-options.js'

export function verifyCommand(environment: Environment): Command {
  return new Command('verify')
    .description('Reads every byte of a bundle and names what is damaged or missing.')
    .argument('[bundle]', 'the bundle (default: ./extended)')
    .addHelpText(
      'after',
      examples([
        ['extend verify', 'is ./extended as it was written?'],
        ['extend verify backup/flowers && cp -r backup/flowers .', 'exit code 1 where something is damaged'],
        ['extend verify --json | jq -r ".damaged[].file"', 'which files'],
      ]),
    )
    .action((bundle: string | undefined, _flags: unknown, command: Command) =>
      perform(environment, command, (context) => verify(bundle, context)),
    )
}

async function verify(
  bundle: string | undefined,
  { call: { signal, onProgress }, json, style, print, printJson }: Context,
): Promise<void> {
  const model = await whatToOpen(bundle, '', 'by "extend verify BUNDLE"')
  const { verifyBundle } = await import('../../workflow/verify.js')
  const result = await verifyBundle({ signal, onProgress, model })
  if (json) printJson(result)
  else print(describeVerification(result, style))
  if (!result.ok) throw damagedBundle(result, json)
}
