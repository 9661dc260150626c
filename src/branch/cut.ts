import { partName } from '../backbone/tensor-names.js'
import { NpluskError } from '../core/errors.js'
import type { Backbone } from '../features/backbone.js'
import { findBlocks } from '../locate/blocks.js'
import { analyseNetwork } from '../locate/network.js'
import { decodeModel } from '../onnx/model.js'

/** Where a backbone is cut: what comes before is shared, and of what comes after, a copy is trained. */
export interface Cut {
  /** How many blocks come after it. */
  readonly blocks: number
  /** The float32 tensor that goes over it, */
  readonly tensor: string
  /** the tensor's shape, without the batch, */
  readonly shape: readonly number[]
  /** and at how many positions (pixels or tokens) it describes the image. */
  readonly positions: number
}

/** How deep to train: so many blocks from the end, or as many as usually pay. */
export type Depth = number | 'auto'

/** Resolutions, the last ones, whose blocks are trained where no depth is given. */
const usualResolutions = 2

/** The tensor of a backbone that holds the bottleneck of an image, [batch, size]. */
export function bottleneckTensor({ layers }: Pick<Backbone, 'layers'>): string {
  return partName('features', layers.filter(({ byDefault }) => byDefault).length - 1)
}

/**
 * The places to cut a backbone at, the best first. With `auto`, that is where the blocks of the last two resolutions
 * begin, or half of the blocks of a network with a single one, and then the places around it: what is told apart by its
 * details is lost in these (docs/lab-notes.md, "Fine-tuning").
 *
 * @throws NpluskError `USAGE` for a depth that there is not, `BAD_MODEL` where the network cannot be cut
 */
export function cutsFor(backbone: Pick<Backbone, 'graph' | 'layers' | 'oneByOne'>, depth: Depth): Cut[] {
  if (backbone.oneByOne !== undefined) {
    throw new NpluskError('BAD_MODEL', 'The model cannot be fine-tuned, as it runs images one by one.')
  }
  const cuts = findCuts(backbone)
  if (cuts.length === 0) {
    throw new NpluskError('BAD_MODEL', 'The model cannot be fine-tuned, as no blocks of layers are found in it.')
  }
  if (depth === 'auto') {
    const { blocks: usual } = usualCut(cuts)
    return cuts.toSorted((a, b) => Math.abs(a.blocks - usual) - Math.abs(b.blocks - usual))
  }
  const cut = cuts[depth - 1]
  if (cut !== undefined) return [cut]
  throw new NpluskError('USAGE', `The model can be fine-tuned from 1 to ${cuts.length} blocks deep, not ${depth}.`)
}

/** The places where a backbone can be cut, before its last block first. */
function findCuts(backbone: Pick<Backbone, 'graph' | 'layers'>): Cut[] {
  const network = analyseNetwork(decodeModel(backbone.graph))
  const ends = findBlocks(network, bottleneckTensor(backbone)).toReversed()
  return ends.map(({ tensor, size }, i) => {
    const shape = network.shapes.get(tensor)!.slice(1)
    return { blocks: i + 1, tensor, shape, positions: shape.reduce((product, length) => product * length, 1) / size }
  })
}

function usualCut(cuts: readonly Cut[]): Cut {
  const resolutions = [...new Set(cuts.map(({ positions }) => positions))]
  if (resolutions.length === 1) return cuts[Math.ceil(cuts.length / 2) - 1]!
  return cuts.find(({ positions }) => positions === resolutions[usualResolutions]) ?? cuts.at(-1)!
}
