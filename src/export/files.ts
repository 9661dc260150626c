import type { ModelCard } from './card.js'

/** What a format consists of: contents by path, with `/`, below the folder it is written to. */
export type ExportFiles = ReadonlyMap<string, Uint8Array | string>

/** Lies in every folder that is exported, and tells that it was. */
export const cardFile = 'nplusk.json'

export function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

export function cardEntry(card: ModelCard): [string, string] {
  return [cardFile, json(card)]
}
