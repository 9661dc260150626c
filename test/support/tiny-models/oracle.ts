import type { Feature, HeadWeights } from '../../../src/locate/locate.js'
import type { RunTensor } from './run.js'

/** Averages (or picks from) a tensor as a feature says, in plain float64: [batch][size]. */
export function pooledFeatures({ dims, data }: RunTensor, feature: Feature): number[][] {
  const positions = positionFeatures({ dims, data }, feature)
  return positions.map((rows) =>
    Array.from({ length: feature.size }, (_, f) => rows.reduce((sum, row) => sum + row[f]!, 0) / rows.length),
  )
}

/** The features of every position: [batch][position][size]; where one is selected, that one alone. */
export function positionFeatures({ dims, data }: RunTensor, { size, channelAxis, select }: Feature): number[][][] {
  const result = Array.from({ length: dims[0]! }, () => new Map<string, number[]>())
  for (let i = 0; i < data.length; i++) {
    const at = indices(i, dims)
    if (select && at[select.axis] !== select.index) continue
    const key = at.filter((_, axis) => axis !== 0 && axis !== channelAxis).join()
    const rows = result[at[0]!]!
    const row = rows.get(key) ?? new Array<number>(size).fill(0)
    row[at[channelAxis]!] = data[i]!
    rows.set(key, row)
  }
  return result.map((rows) => [...rows.values()])
}

/** kernel · features + bias, in float64. */
export function applyHead({ kernel, bias }: HeadWeights, features: readonly number[]): number[] {
  return Array.from(bias, (b, c) =>
    features.reduce((sum, value, f) => sum + value * kernel[c * features.length + f]!, b),
  )
}

function indices(flat: number, dims: readonly number[]): number[] {
  const result = new Array<number>(dims.length)
  let rest = flat
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    result[axis] = rest % dims[axis]!
    rest = Math.floor(rest / dims[axis]!)
  }
  return result
}
