import { probeGraph } from './probe-graph.js'
import { openSession, type Provider } from './session.js'

/**
 * Loads a provider and runs one convolution on it. Loading alone proves too little: the libraries may lack code for
 * this GPU, and cuDNN is loaded only when first used.
 *
 * @throws NpluskError `BAD_MODEL` or `DEVICE_UNAVAILABLE` where the provider does not work
 */
export async function probeProvider(provider: Provider): Promise<void> {
  const session = await openSession(probeGraph(), provider)
  try {
    await session.run({ x: { dims: [1, 1, 1, 1], data: Float32Array.of(1) } }, ['y'])
  } finally {
    await session.close()
  }
}
