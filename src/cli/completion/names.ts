import { currentBundle } from '../defaults.js'
import { printable } from '../format.js'
import type { NamesFor } from './candidates.js'

/**
 * Names of known models and of what an option takes in place of a path, and for `remove` and `rename` those of added
 * increments and classes.
 */
export const knownNames: NamesFor = async (place, before) => {
  if (place === 'remove' || place === 'rename') return removableNames(before)
  if (place === 'images') return ['builtin', 'none']
  if (place === 'which') return ['best-f1']
  if (!['model', 'inspect', 'pull'].includes(place)) return []
  const { knownModels } = await import('../../catalog/known.js')
  return knownModels.map(({ name }) => name)
}

async function removableNames(before: readonly string[]): Promise<readonly string[]> {
  const flag = before.indexOf('--model')
  const model = flag < 0 ? currentBundle : before[flag + 1]!
  const { readBundle } = await import('../../bundle/bundle.js')
  try {
    const { increments } = (await readBundle(model)).manifest
    const names = new Set(increments.flatMap(({ name, classes }) => [name, ...classes.map(({ label }) => label)]))
    // A shell takes a line for a word, and shows it as it is.
    return [...names].filter((name) => printable(name) === name)
  } catch {
    // Without a readable bundle there are no names; a shell cannot show the reason.
    return []
  }
}
