import { join, resolve } from 'node:path'
import { extendModel } from '../../src/workflow/extend.js'
import { side, writeTinyClassifier } from '../../test/support/tiny-classifier-file.js'

/** Extends a tiny network by the drawn flowers, and returns the bundle's folder. */
export async function makeTinyBundle(work: string): Promise<string> {
  const model = join(work, 'tiny.onnx')
  writeTinyClassifier(model, 10)
  const input = { mean: [0.5], std: [0.25], channels: 'RGB', size: { width: side, height: side } } as const
  const { bundle } = await extendModel({
    model,
    input,
    add: [resolve('fixtures/flowers')],
    out: join(work, 'bundle'),
    cacheDir: join(work, 'cache'),
    device: 'cpu',
  })
  return bundle
}
