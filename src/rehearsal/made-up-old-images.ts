import type { BaseHead } from '../classifier/base-head.js'
import { NpluskError } from '../core/errors.js'
import { selectRows } from '../features/table.js'
import { blockSource } from '../head/feature-source.js'
import type { OldImages } from './old-images.js'
import { bottleneckOnly, pseudoProbe, pseudoRehearsal } from './pseudo-rehearsal.js'

/**
 * Old images made up from the base model's head. They are cruder than real ones, so heads are regularised more
 * strongly, with a single value of ρ, and may have to read the bottleneck alone; no limit on the loss of old accuracy
 * applies unless one is asked for. Calibration uses a separate probe instead of the held-out old images.
 *
 * @param baseHead `undefined` where it cannot be read
 * @throws NpluskError `BAD_INPUT` without a base head, as every old image would be taken for a new one, and for a
 * single old class, as no direction leads towards it
 */
export function madeUpOldImages(baseHead: BaseHead | undefined, seed: number): OldImages {
  if (baseHead === undefined || baseHead.bias.length === 1) {
    const why =
      baseHead === undefined
        ? 'this model does not let them be made up from its head'
        : 'one old class is too few to make them up from the head'
    throw new NpluskError('BAD_INPUT', `There are no old images to rehearse with, and ${why}.`, {
      remedy: { kind: 'give-old-images' },
    })
  }
  return {
    areWhole: false,
    restricted: (table) => bottleneckOnly(table, baseHead.size),
    rehearsed: (added) => pseudoRehearsal(added(), baseHead, seed),
    regularisations: [0.1],
    async probe(added, head, mergedInto) {
      const made = pseudoProbe(added, baseHead, seed)
      const probe = selectRows(made, (row) => !mergedInto.has(made.label[row]!))
      const k = head.columns
      const logits = await head.score(blockSource(probe.features))
      return Float64Array.from(probe.oldBest, (old, row) => Math.max(...logits.subarray(row * k, (row + 1) * k)) - old)
    },
  }
}
