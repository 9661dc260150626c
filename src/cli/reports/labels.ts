import type { Label } from '../../bundle/manifest.js'
import type { Style } from '../style.js'
import { table } from '../table.js'

/** The combined label set, a line per class. */
export function describeLabels(labels: readonly Label[], style: Style): string {
  const rows = labels.map(({ index, label, increment, wnid }) => [`${index}`, label, increment, wnid ?? ''])
  return table(
    [['index', 'label', 'increment', 'WordNet id'].map(style.faint), ...rows],
    ['right', 'left', 'left', 'left'],
  )
}
