import type { ModelCard } from './card.js'

/** Files of an export: contents by path relative to the target folder, with `/` as separator. */
export type ExportFiles = ReadonlyMap<string, Uint8Array | string>

/** Present in every exported folder, which it identifies as an export. */
export const cardFile = 'nplusk.json'

export function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** What an exported folder holds: the card beside other files, all of which it names. */
export function exportedFolder(card: ModelCard, others: ExportFiles): ExportFiles {
  const files = [...others.keys(), cardFile].sort()
  return new Map([...others, [cardFile, json({ ...card, files })]])
}
