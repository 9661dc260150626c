import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { openOrtEvaluator } from '../../src/head/linear/ort-evaluator.js'
import { knownBackbone } from '../../src/classifier/known-backbone.js'
import { cacheFolder } from '../../src/catalog/cache-folder.js'
import { tensorNames } from '../../src/backbone/tensor-names.js'
import { formFor } from '../../src/precision/form-for.js'
import { diagnoseProviders } from '../../src/runtime/diagnose-providers.js'
import { nodeProviders } from '../../src/runtime/node-providers.js'
import { randomSet } from '../head/random-set.js'
import { fittedLoss } from '../support/fitted-loss.js'
import { fixtures, openWorkplace } from './workplace.js'

const { NPLUSK_CACHE_DIR: nplusk, XDG_CACHE_HOME: xdg } = process.env

const cuda = (await diagnoseProviders()).find(({ name }) => name === 'cuda')!
const describeCuda = cuda.available ? describe : describe.skip

const place = openWorkplace()
afterAll(() => place.remove())

describeCuda(`on a GPU${cuda.available ? '' : ' (skipped: CUDA cannot be used here)'}`, () => {
  test('every node of the backbone runs on CUDA', async () => {
    const { graph, preprocess } = await knownBackbone('inception-v3', {
      cacheDir: cacheFolder({ home: homedir(), nplusk, xdg }),
    })
    const { width, height } = preprocess
    const { model } = await formFor('cuda', graph)
    const input = { dims: [8, height, width, 3], data: new Uint8Array(8 * height * width * 3).fill(100) }
    const outputs = [tensorNames.features, tensorNames.baseLogits]
    const nodes = await nodeProviders(model, 'cuda', { [tensorNames.image]: input }, outputs)
    expect(nodes.size).toBeGreaterThan(100)
    expect(new Set(nodes.values())).toEqual(new Set(['CUDAExecutionProvider']))
  })

  test('training reaches the same loss as on the CPU', async () => {
    const set = randomSet({ classes: 5, dim: 512, images: 200, old: 300, merged: true })
    const losses: number[] = []
    for (const provider of ['cpu', 'cuda'] as const) {
      losses.push(await fittedLoss(set, (standardised) => openOrtEvaluator(standardised, provider)))
    }
    expect(Math.abs(losses[1]! - losses[0]!)).toBeLessThan(1e-4)
  })

  test('what is added on CUDA answers alike there and on the CPU', async () => {
    const flowers = place.flowers('flowers', { poppy: 6, snowdrop: 6 })
    const added = await place.json<Added>(['--add', flowers, '--device', 'cuda'])
    expect(added.classes).toEqual({ base: 1000, added: 2, total: 1002 })
    const images = [
      ...['banana', 'soccer-ball', 'traffic-light', 'umbrella'].map((name) => join(fixtures, 'objects', `${name}.jpg`)),
      join(fixtures, 'flowers-test/poppy/01.jpg'),
      join(fixtures, 'flowers-test/snowdrop/01.jpg'),
    ]
    const [onCuda, onCpu] = [await predict(images, 'cuda'), await predict(images, 'cpu')]
    expect(onCuda.map(({ label }) => label)).toEqual(onCpu.map(({ label }) => label))
    onCuda.forEach(({ probability }, i) => expect(Math.abs(probability - onCpu[i]!.probability)).toBeLessThan(0.1))
  })
})

interface Added {
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
}

interface Answer {
  readonly label: string
  readonly probability: number
}

/** The best class of each image. */
async function predict(images: readonly string[], device: string): Promise<Answer[]> {
  const { code, stdout, stderr } = await place.run(['predict', ...images, '--device', device, '--json', '--quiet'])
  if (code !== 0) throw new Error(stderr)
  const lines = stdout.trim().split('\n')
  return lines.map((line) => (JSON.parse(line) as { predictions: readonly Answer[] }).predictions[0]!)
}
