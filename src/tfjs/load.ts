import { messageOf, NpluskError } from '../core/errors.js'

export type Tfjs = typeof import('@tensorflow/tfjs')

/** Packages that bring TensorFlow.js, the fastest first; none is a dependency. */
const nativePackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const
const wasmPackage: string = '@tensorflow/tfjs-backend-wasm'

/**
 * Loads the fastest TensorFlow.js that is installed and works: native with a GPU, native, then plain with the
 * WebAssembly backend where that is installed as well, else the plain JavaScript one.
 *
 * @param load imports a package by its name
 * @throws NpluskError `USAGE` when none loads, with what stood in the way and what to install
 */
export async function loadTfjs(load: (name: string) => Promise<unknown> = (name) => import(name)): Promise<Tfjs> {
  const failures: string[] = []
  const attempt = async (name: string, start: (tf: Tfjs) => Promise<void>): Promise<Tfjs | undefined> => {
    try {
      const tf = unwrap(await load(name))
      // Else it prints advice to the console.
      tf.enableProdMode()
      await start(tf)
      return tf
    } catch (error) {
      failures.push(`${name}: ${messageOf(error).split('\n', 1)[0]!}`)
      return undefined
    }
  }
  for (const name of nativePackages) {
    const tf = await attempt(name, async (tf) => {
      await use(tf, 'tensorflow')
      // From Node 23 on 4.22.0 loads and starts, and fails in every operator for want of `util.isNullOrUndefined`.
      tf.tidy(() => tf.add(1, 1))
    })
    if (tf) return tf
  }
  const plain = await attempt('@tensorflow/tfjs', async (tf) => {
    const wasm = await load(wasmPackage).then(
      () => tf.setBackend('wasm').catch(() => false),
      () => false,
    )
    if (!wasm) await use(tf, 'cpu')
    await tf.ready()
  })
  if (plain) return plain
  throw new NpluskError(
    'USAGE',
    'TensorFlow.js cannot be loaded; install it with "npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm", or train with onnxruntime.',
    { data: { failures } },
  )
}

async function use(tf: Tfjs, backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`its backend "${backend}" does not start`)
}

/** CommonJS packages come with all they export under `default`. */
function unwrap(module: unknown): Tfjs {
  const { default: inner } = module as { readonly default?: Tfjs }
  return inner ?? (module as Tfjs)
}
