import type { Label } from '../../bundle/manifest.js'
import { printable } from '../format.js'
import type { Style } from '../style.js'
import { table, type Alignment } from '../table.js'

/** Terminal width from which WordNet ids are shown too. */
const minIdsWidth = 60

/** The combined label set, one line per class. */
export function describeLabels(labels: readonly Label[], style: Style): string {
  const rows = labels.map(({ index, label, increment, wnid }) => [
    `${index}`,
    ...[label, increment, wnid ?? ''].map(printable),
  ])
  const all = [['index', 'label', 'increment', 'WordNet id'].map(style.faint), ...rows]
  // On a narrow terminal names get the room.
  const shown = style.width < minIdsWidth ? all.map((row) => row.slice(0, 3)) : all
  return table(shown, ['right', 'left', 'left', 'left'].slice(0, shown[0]!.length) as Alignment[], style.width)
}
