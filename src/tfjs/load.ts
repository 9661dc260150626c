import { messageOf, NpluskError } from '../core/errors.js'

export type Tfjs = typeof import('@tensorflow/tfjs')

/** Packages with native TensorFlow.js, the fastest first; none is a dependency. */
const nativePackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const
const wasmPackage: string = '@tensorflow/tfjs-backend-wasm'

/**
 * Loads the fastest TensorFlow.js that is installed and works: native on a GPU, native on the CPU, then the plain
 * package with the WebAssembly backend if that is installed too, else with the JavaScript backend.
 *
 * @param load imports a package by name
 * @throws NpluskError `USAGE` when none loads, with the failures and the package to install
 */
export async function loadTfjs(load: (name: string) => Promise<unknown> = (name) => import(name)): Promise<Tfjs> {
  const failures: string[] = []
  const attempt = async (name: string, start: (tf: Tfjs) => Promise<void>): Promise<Tfjs | undefined> => {
    try {
      const tf = unwrap(await load(name))
      // Prevents advice on the console.
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
      // From Node 23 on, tfjs-node 4.22.0 loads and starts, but every operator fails because `util.isNullOrUndefined`
      // is gone.
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

/** CommonJS packages export everything under `default`. */
function unwrap(module: unknown): Tfjs {
  const { default: inner } = module as { readonly default?: Tfjs }
  return inner ?? (module as Tfjs)
}
