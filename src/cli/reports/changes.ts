import type { Changes } from '../../bundle/changes.js'
import { count, nameList, printable } from '../format.js'

const maxNames = 5

/** What a change did to the classes, a line for each kind; none where it did nothing. */
export function describeChanges({ added, removed, grown, shrunk, renamed, increments }: Changes): string[] {
  const listed = (names: readonly string[]) => nameList(names.map(printable), maxNames)
  const sizes = (classes: Changes['grown']) =>
    listed(classes.map(({ label, before, images }) => `${label} from ${before} to ${count(images, 'image')}`))
  const labels = (classes: Changes['added']) => listed(classes.map(({ label }) => label))
  const names = (renamings: Changes['renamed']) => listed(renamings.map(({ from, to }) => `${from} to ${to}`))
  const images = added.reduce((sum, one) => sum + one.images, 0)
  return [
    added.length > 0 ? `${count(added.length, 'class')} came with ${count(images, 'image')}: ${labels(added)}` : '',
    removed.length > 0 ? `${count(removed.length, 'class')} went: ${labels(removed)}` : '',
    grown.length > 0 ? `grew: ${sizes(grown)}` : '',
    shrunk.length > 0 ? `shrank: ${sizes(shrunk)}` : '',
    renamed.length > 0 ? `renamed: ${names(renamed)}` : '',
    increments.renamed.length > 0 ? `increment renamed: ${names(increments.renamed)}` : '',
  ].filter((line) => line !== '')
}
