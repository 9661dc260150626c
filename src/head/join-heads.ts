import type { AddedHead, Scorer } from './added-head.js'
import { beside, type Matrix } from '../math/beside.js'
import { LinearHead } from './linear/linear-head.js'

/** Joins heads side by side; linear ones on the same layers become a single product, faster than one each. */
export function joinHeads(heads: readonly AddedHead[]): Scorer {
  const linear = heads.filter((head) => head instanceof LinearHead)
  if (linear.length === heads.length && readAlike(heads)) return LinearHead.join(linear)
  const columns = heads.reduce((sum, head) => sum + head.columns, 0)
  return {
    columns,
    async score(features) {
      const parts: Matrix[] = []
      for (const head of heads) parts.push({ columns: head.columns, values: await head.score(features) })
      return beside(parts, features.count).values
    },
  }
}

function readAlike(heads: readonly AddedHead[]): boolean {
  const namesOf = ({ layers }: AddedHead) => layers?.map(({ name }) => name).join()
  // A head without columns reads nothing.
  const names = heads.filter(({ columns }) => columns > 0).map(namesOf)
  return names.every((one) => one === names[0])
}
