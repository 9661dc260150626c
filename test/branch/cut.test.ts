import { describe, expect, test } from '@jest/globals'
import { cutsFor } from '../../src/branch/cut.js'
import { inceptionV3Torchvision, resnet50 } from '../support/tiny-models/convolutional.js'
import { deit } from '../support/tiny-models/transformers.js'
import { tinyBackbone } from './tiny-backbone.js'

const firstCut = (...given: Parameters<typeof cutsFor>) => cutsFor(...given)[0]!

describe('where a backbone is cut', () => {
  test('usually before the blocks of the last two resolutions', () => {
    // Stages of 3, 4, 6 and 3 blocks: the last two have nine.
    const { blocks, shape, positions } = firstCut(tinyBackbone(resnet50().model), 'auto')
    expect({ blocks, shape, positions }).toEqual({ blocks: 9, shape: [16, 4, 4], positions: 16 })
    // 6a to 6e and 7a to 7c.
    expect(cutsFor(tinyBackbone(inceptionV3Torchvision().model), 'auto').map((cut) => cut.blocks)).toEqual([
      8, 7, 9, 6, 10, 5, 4, 3, 2, 1,
    ])
  })

  test('half-way through a network of a single resolution', () => {
    const backbone = tinyBackbone(deit('class').model)
    const cuts = cutsFor(backbone, 'auto')
    expect(new Set(cuts.map(({ tensor }) => tensor)).size).toBe(cuts.length)
    expect(cuts[0]!.blocks).toBe(Math.ceil(cuts.length / 2))
  })

  test('as deep as is said', () => {
    const backbone = tinyBackbone(resnet50().model)
    expect(firstCut(backbone, 1)).toMatchObject({ blocks: 1, shape: [64, 1, 1] })
    expect(firstCut(backbone, 15).shape).toEqual([8, 8, 8])
    expect(() => firstCut(backbone, 16)).toThrow('from 1 to 15 blocks deep, not 16')
  })

  test('not where images run one by one', () => {
    const backbone = { ...tinyBackbone(resnet50().model), oneByOne: 'it normalises over the batch' }
    expect(() => firstCut(backbone, 'auto')).toThrow('one by one')
  })
})
