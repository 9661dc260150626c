import { describe, expect, test } from '@jest/globals'
import { locateHead } from '../../src/locate/locate.js'
import { usualConventions } from '../../src/backbone/normalisation.js'
import { prepareBackbone, tensorNames, type BackboneRecipe } from '../../src/backbone/prepare.js'
import { createRandom } from '../../src/math/random.js'
import { eachRow, isEachRow, rowGraph } from '../../src/onnx/each-row.js'
import { shapeOf } from '../../src/onnx/graph.js'
import { encodeModel, type LoadedModel } from '../../src/onnx/model.js'
import { openSession } from '../../src/runtime/session.js'
import { headModel } from '../support/tiny-models/heads.js'
import { dynamicallyQuantised } from '../support/tiny-models/quantised.js'
import { topologies } from '../support/tiny-models/topologies.js'

const names = [tensorNames.baseLogits, tensorNames.features]

function prepared(model: LoadedModel, changes: Partial<BackboneRecipe> = {}): LoadedModel {
  const location = locateHead(model)
  const { width = 32, height = 32 } = location.input
  const taps = [...location.taps, location.bottleneck]
  const { normalisation } = usualConventions[0]!
  return prepareBackbone(model, { location, taps, normalisation, dropBackground: false, width, height, ...changes })
}

async function run(model: LoadedModel, pictures: readonly Uint8Array[]): Promise<Float32Array[]> {
  const session = await openSession(encodeModel(model))
  try {
    const dims = [pictures.length, ...shapeOf(model.graph.input[0]!)!.slice(1).map(Number)]
    const results = await session.run(
      { image: { dims, data: Uint8Array.from(pictures.flatMap((p) => [...p])) } },
      names,
    )
    return names.map((name) => results[name]!.data as Float32Array)
  } finally {
    await session.close()
  }
}

const models: Record<string, LoadedModel> = {
  'a network quantised dynamically': dynamicallyQuantised(),
  'the same with a batch of 1': dynamicallyQuantised(1),
  'ResNet-50': topologies['ResNet-50']!().model,
  'a head of opset 9': headModel('1x1 Conv after an AveragePool over everything, Squeeze').model,
}

describe.each(Object.entries(models))('%s, run row by row', (_, base) => {
  const flat = prepared(base)
  const rows = eachRow(flat)
  const [, height, width] = shapeOf(flat.graph.input[0]!) as number[]
  const random = createRandom('rows')
  const pictures = [255, 40, 128].map((most) =>
    Uint8Array.from({ length: height! * width! * 3 }, () => random.integer(most + 1)),
  )

  test('gives every row the bits that the graph gives to it alone', async () => {
    const together = await run(rows, pictures)
    for (const [i, picture] of pictures.entries()) {
      const alone = await run(flat, [picture])
      for (const [output, values] of alone.entries()) {
        const length = values.length
        expect(together[output]!.subarray(i * length, (i + 1) * length)).toEqual(values)
      }
    }
  })

  test('has a free batch, is known, and can be looked into', () => {
    expect([isEachRow(flat), isEachRow(rows)]).toEqual([false, true])
    expect(rows.graph.input.map(shapeOf)).toEqual([['batch', height, width, 3]])
    expect(rows.graph.output.map(({ name }) => name)).toEqual(names)
    const inner = rowGraph(rows)
    expect(inner.graph.initializer.map(({ name }) => name)).toEqual(flat.graph.initializer.map(({ name }) => name))
    expect(inner.graph.node.map(({ opType, input, output }) => ({ opType, input, output }))).toEqual(
      flat.graph.node.map(({ opType, input, output }) => ({ opType, input, output })),
    )
    expect(rowGraph(flat)).toBe(flat)
  })
})
