import { probeGraph } from './probe-graph.js'
import { openSession, type Provider } from './session.js'

/**
 * Loads a provider and runs one convolution on it: a device that is found may still lack code for this card, and cuDNN
 * is not loaded before it is needed.
 */
export async function probeProvider(provider: Provider): Promise<void> {
  const session = await openSession(probeGraph(), provider)
  try {
    await session.run({ x: { dims: [1, 1, 1, 1], data: Float32Array.of(1) } }, ['y'])
  } finally {
    await session.close()
  }
}
