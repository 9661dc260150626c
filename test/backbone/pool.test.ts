import { describe, expect, test } from '@jest/globals'
import { usualConventions } from '../../src/backbone/normalisation.js'
import { prepareBackbone, tensorNames } from '../../src/backbone/prepare.js'
import { freeBatch, locateHead, type Feature, type HeadLocation } from '../../src/locate/locate.js'
import { analyseNetwork } from '../../src/locate/network.js'
import { valueInfo } from '../../src/onnx/build.js'
import { encodeModel } from '../../src/onnx/model.js'
import { DataType } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'
import { randomBytes } from '../support/random-bytes.js'
import { pooledFeatures } from '../support/tiny-models/oracle.js'
import type { RunTensor } from '../support/tiny-models/run.js'
import { topologies } from '../support/tiny-models/topologies.js'
import { deit } from '../support/tiny-models/transformers.js'

const [{ normalisation }] = usualConventions as [(typeof usualConventions)[0]]

const networks: typeof topologies = { ...topologies, 'tokens in operator set 9': () => deit('mean', 9) }

function found(name: string) {
  const model = freeBatch(networks[name]!().model)
  return { model, location: locateHead(model) }
}

describe('the layers beside the features are averages of their tensors, over all positions or cell by cell:', () => {
  test.each(Object.keys(networks))('%s', async (name) => {
    const { model, location } = found(name)
    const { candidates } = location
    const [width, height] = [location.input.width ?? 32, location.input.height ?? 32]
    const recipe = { location, taps: [location.bottleneck], normalisation, width, height, dropBackground: false }
    const prepared = prepareBackbone(model, { ...recipe, further: candidates })
    if (candidates.length === 0) return
    // What the layers are averages of, under the names that it has in the prepared graph.
    const sources = [...new Set(candidates.map(({ tensor }) => tensor))]
    const { shapes } = analyseNetwork(model)
    for (const tensor of sources) {
      const [, ...dims] = shapes.get(tensor)!
      prepared.graph.output.push(valueInfo(tensor, DataType.FLOAT, ['batch', ...dims]))
    }
    const session = await openSession(encodeModel(prepared))
    try {
      const image = { dims: [2, height, width, 3], data: randomBytes(2 * height * width * 3) }
      const results = await session.run({ [tensorNames.image]: image }, [tensorNames.further, ...sources])
      const all = results[tensorNames.further]!
      expect(all.dims).toEqual([2, candidates.reduce((sum, { size }) => sum + size, 0)])
      for (let picture = 0, start = 0; picture < 2; picture++) {
        for (const layer of candidates) {
          const values = Array.from(all.data.slice(start, (start += layer.size)) as Float32Array)
          const expected = expectedOf(results[layer.tensor] as RunTensor, layer)[picture]!
          expect(Math.max(...values.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5)
          expect(new Set(values).size).toBeGreaterThan(3)
        }
      }
    } finally {
      await session.close()
    }
  })
})

test('tokens have a grid in operator set 9, whose Slice has attributes', () => {
  expect(kindOf(found('tokens in operator set 9').location)).toBe('tokens')
})

test('networks with planes, with channels last and with tokens offer a grid', () => {
  const kinds = Object.keys(networks).map((name) => kindOf(found(name).location))
  for (const kind of ['planes', 'channels last', 'tokens']) expect(kinds).toContain(kind)
})

function kindOf({ candidates }: HeadLocation): string {
  const layer = candidates.find(({ grid }) => grid !== undefined)
  if (layer === undefined) return 'none'
  if (layer.grid!.tokens) return 'tokens'
  return layer.channelAxis === 3 ? 'channels last' : 'planes'
}

/** In float64, by plain loops: [batch][size] */
function expectedOf(result: RunTensor, { grid, ...layer }: Feature): number[][] {
  if (grid === undefined) return pooledFeatures(result, layer)
  const { cells, kernel, stride, tokens } = grid
  const { dims, data } = result
  const batch = dims[0]!
  const channels = dims[layer.channelAxis]!
  const [height, width] = tokens ? tokens.sides : dims.filter((_, axis) => axis > 0 && axis !== layer.channelAxis)
  const at = (image: number, channel: number, y: number, x: number): number => {
    if (tokens) return data[(image * dims[1]! + tokens.others + y * width! + x) * channels + channel]!
    if (layer.channelAxis === 3) return data[((image * height! + y) * width! + x) * channels + channel]!
    return data[((image * channels + channel) * height! + y) * width! + x]!
  }
  return Array.from({ length: batch }, (_, image) => {
    const values: number[] = []
    for (let channel = 0; channel < channels; channel++) {
      for (let cell = 0; cell < cells ** 2; cell++) {
        const top = Math.floor(cell / cells) * stride[0]!
        const left = (cell % cells) * stride[1]!
        let sum = 0
        for (let y = 0; y < kernel[0]!; y++) {
          for (let x = 0; x < kernel[1]!; x++) sum += at(image, channel, top + y, left + x)
        }
        values.push(sum / (kernel[0]! * kernel[1]!))
      }
    }
    return values
  })
}
