import { expect, test } from '@jest/globals'
import { usualConventions } from '../../src/backbone/normalisation.js'
import { prepareBackbone } from '../../src/backbone/prepare.js'
import { featureParts } from '../../src/classifier/feature-parts.js'
import { freeBatch, locateHead } from '../../src/locate/locate.js'
import { encodeModel } from '../../src/onnx/model.js'
import { topologies } from '../support/tiny-models/topologies.js'

const networks = Object.entries(topologies).filter(([, build]) => !build().isRectified)

test.each(networks.flatMap(([name, build]) => [false, true].map((oneByOne) => ({ name, build, oneByOne }))))(
  'the parts of the features are the taps and the bottleneck: $name, one by one: $oneByOne',
  ({ build, oneByOne }) => {
    const model = freeBatch(build().model)
    const location = locateHead(model)
    const taps = [...location.taps, location.bottleneck]
    const prepared = prepareBackbone(model, {
      location,
      taps,
      normalisation: location.input.type === 'uint8' ? undefined : usualConventions[0]!.normalisation,
      width: location.input.width ?? 32,
      height: location.input.height ?? 32,
      dropBackground: false,
      oneByOne,
    })
    const sizes = taps.map(({ size }) => size)
    const dim = sizes.reduce((sum, size) => sum + size, 0)
    const graph = encodeModel(prepared)
    expect(featureParts({ graph, dim })).toEqual(sizes)
    expect(featureParts({ graph, dim: dim + 1 })).toEqual([dim + 1])
  },
)
