import type { Advice } from '../../advice/advice.js'
import { nameList, percent, printable } from '../format.js'
import type { Style } from '../style.js'

/** Largest number of items of a list, the worst first. */
const maxItems = 10
const maxNames = 3

/**
 * The lists of what is wrong with a data set, each under a heading of its own; empty ones are left out. Every path
 * begins with the folder as it was given, and can be typed as it stands.
 */
export function describeFaults(advice: Advice, style: Style): string[] {
  const { duplicates, mislabelled, outliers, similar, overlap, giveaways, unreadable } = advice
  const list = <Item>(title: string, items: readonly Item[], line: (item: Item) => string) => {
    if (items.length === 0) return ''
    const lines = items.slice(0, maxItems).map((item) => `  ${line(item)}`)
    if (items.length > lines.length)
      lines.push(style.faint(`  and ${items.length - lines.length} more; all with --json`))
    return [`${style.heading(title)} (${items.length})`, ...lines].join('\n')
  }
  const name = (labelOrFile: string) => printable(labelOrFile)
  return [
    list('One picture several times', duplicates, ({ files, labels, kind }) => {
      const where = labels.length > 1 ? style.caution(', in several classes') : ''
      return `${nameList(files.map(name), maxNames)}${kind === 'near' ? ', changed' : ''}${where}`
    }),
    list(
      'Probably in the wrong folder',
      mislabelled.filter(({ likely }) => likely),
      ({ file, suggested, score }) => `${percent(score)}  ${name(file)}: ${name(suggested)}?`,
    ),
    list(
      'Unlike their class',
      outliers.filter(({ likely }) => likely),
      ({ file, score }) => `${percent(score)}  ${name(file)}`,
    ),
    list(
      'Taken for each other',
      similar,
      ({ labels, score, taken }) =>
        `${percent(score)}  ${name(labels[0])} for ${name(labels[1])} ${taken[0]}, the other way round ${taken[1]}`,
    ),
    list('There already', overlap, ({ label, existing, increment, byName, score }) => {
      const share = score === null ? '' : `, ${percent(score)} of the pictures taken for it`
      // A label that an old class had already names its increment itself.
      const origin = existing.endsWith(` (${increment})`) ? '' : ` (${name(increment)})`
      return `${name(label)}: ${name(existing)}${origin}${byName ? ', by name' : ''}${share}`
    }),
    list('Told apart without the class', giveaways, ({ label, attribute, value, others }) => {
      const text = (one: number | string) => (typeof one === 'string' ? name(one) : `${Math.round(100 * one) / 100}`)
      return `${name(label)}: ${attribute} ${text(value)}, others ${text(others)}`
    }),
    list('Not readable', unreadable, ({ reason }) => printable(reason)),
  ]
}
