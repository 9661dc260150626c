import { Command, Option } from 'commander'
import type { CudaVersion } from '../../workflow/setup-cuda.js'
import { ownFlags, perform, type Context } from '../context.js'
import type { Environment } from '../environment.js'
import { examples } from './shared-options.js'

interface SetupFlags {
  readonly cuda: CudaVersion
}

export function setupCudaCommand(environment: Environment): Command {
  return new Command('setup-cuda')
    .description("Fetches ONNX Runtime's CUDA provider, to run on an NVIDIA GPU (Linux on x64).")
    .addOption(
      new Option('--cuda <version>', 'CUDA 13 comes from npm, CUDA 12 from NuGet (default: 13)').choices(['12', '13']),
    )
    .addHelpText(
      'after',
      examples([
        ['extend setup-cuda', 'for CUDA 13: 179 MB, kept in the cache'],
        ['extend setup-cuda --cuda 12', 'for CUDA 12, by the script of onnxruntime-node'],
        ['extend doctor', 'see what is still missing'],
      ]),
    )
    .action((_flags: unknown, command: Command) =>
      perform(environment, command, (context) => setUp(ownFlags<SetupFlags>(command), context)),
    )
}

async function setUp(flags: Partial<SetupFlags>, { call, json, print, printJson }: Context): Promise<void> {
  const { setUpCuda } = await import('../../workflow/setup-cuda.js')
  const done = await setUpCuda({ ...flags, ...call })
  if (json) return printJson(done)
  print(
    `The provider for CUDA ${done.cuda} is in ${done.folder}.\n"extend doctor" tells whether it works here, and what is missing.`,
  )
}
