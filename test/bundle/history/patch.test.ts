import { describe, expect, test } from '@jest/globals'
import { applyPatch, patchOf } from '../../../src/bundle/history/patch.js'
import { createRandom } from '../../../src/math/random.js'
import { graphModel, node, setMetadata, valueInfo } from '../../../src/onnx/build.js'
import { cloneModel, encodeModel, type LoadedModel } from '../../../src/onnx/model.js'
import { DataType, floatTensor } from '../../../src/onnx/tensor.js'

const random = createRandom('patch')
const noise = (size: number) => Float32Array.from({ length: size }, () => random.normal())

function backbone(): LoadedModel {
  return graphModel({
    name: 'backbone',
    opset: 17,
    inputs: [valueInfo('x', DataType.FLOAT, [1, 64])],
    outputs: [valueInfo('z', DataType.FLOAT, [1, 64])],
    nodes: [node('MatMul', ['x', 'v'], 'y'), node('MatMul', ['y', 'w'], 'z')],
    initializers: [floatTensor('v', [64, 64], noise(4096)), floatTensor('w', [64, 64], noise(4096))],
  }) as LoadedModel
}

/** The backbone with a head of its own, as `mergeHeads` makes it. */
function merged(from: LoadedModel, head: Float32Array): LoadedModel {
  const model = cloneModel(from)
  model.graph.initializer.push(floatTensor('head', [64, 2], head))
  model.graph.node.push(node('MatMul', ['z', 'head'], 'logits'))
  model.graph.output = [valueInfo('logits', DataType.FLOAT, [1, 2])]
  setMetadata(model, 'labels', '["a","b"]')
  return model
}

describe('a patch', () => {
  test('holds what a merged model has beside its backbone, and gives its bytes again', () => {
    const base = backbone()
    const model = encodeModel(merged(base, noise(128)))
    const patch = patchOf(model, encodeModel(base))
    expect(patch.own.length).toBeLessThan(4 * 128 + 500)
    expect(Buffer.from(applyPatch(patch, encodeModel(base)))).toEqual(Buffer.from(model))
  })

  test('gives bytes of any kind again', () => {
    const base = encodeModel(backbone())
    const model = encodeModel(merged(backbone(), noise(128)))
    const files = [new Uint8Array(), Buffer.from('no model'), base, model, model.subarray(0, 9000), Buffer.alloc(50)]
    for (const file of files) {
      for (const original of files) {
        expect(Buffer.from(applyPatch(patchOf(file, original), original))).toEqual(Buffer.from(file))
      }
    }
  })

  test('of the backbone itself has nothing of its own', () => {
    const base = encodeModel(backbone())
    expect(patchOf(base, base)).toEqual({ pieces: [[0, base.length]], own: Buffer.alloc(0) })
  })

  test('that repeats the backbone again and again is refused before it takes memory', () => {
    const base = Buffer.alloc(30_000_000)
    const pieces = Array.from({ length: 1000 }, () => [0, base.length] as const)
    const before = process.memoryUsage().arrayBuffers
    expect(() => applyPatch({ pieces, own: Buffer.from('own') }, base)).toThrow(RangeError)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(base.length)
  })

  test('does not fit a shorter backbone, or own bytes that were cut off', () => {
    const base = encodeModel(backbone())
    const patch = patchOf(encodeModel(merged(backbone(), noise(128))), base)
    expect(() => applyPatch(patchOf(base, base), base.subarray(0, 100))).toThrow(RangeError)
    expect(() => applyPatch({ ...patch, own: patch.own.subarray(1) }, base)).toThrow(RangeError)
  })
})
