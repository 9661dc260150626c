import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession, type PlainTensor, type Provider } from './session.js'

/**
 * Runs a graph once with profiling and reports which execution provider ran each node: a node without a kernel for the
 * chosen provider falls back to the CPU silently, at the cost of copies.
 *
 * @param model the path of an ONNX file, or its bytes
 * @returns ONNX Runtime's name of the provider (`CUDAExecutionProvider`) by node; fused nodes have names of their own
 */
export async function nodeProviders(
  model: string | Uint8Array,
  provider: Provider,
  inputs: Readonly<Record<string, PlainTensor>>,
  outputs: readonly string[],
): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'nplusk-profile-'))
  try {
    const session = await openSession(model, provider, { profile: join(folder, 'profile') })
    try {
      await session.run(inputs, outputs)
    } finally {
      await session.close()
    }
    const [file] = await readdir(folder)
    const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as readonly ProfileEvent[]
    return new Map(
      events.flatMap(({ cat, name, args }) =>
        cat === 'Node' && args?.provider ? [[name.replace(/_kernel_time$/, ''), args.provider] as const] : [],
      ),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface ProfileEvent {
  readonly cat: string
  readonly name: string
  readonly args?: { readonly provider?: string }
}
