import { join } from 'node:path'
import { hashOf } from '../../core/hash-of.js'
import type { Manifest } from '../manifest.js'

/** The folder in a bundle that holds records of its revisions, and what is kept of earlier ones. */
export const historyFolder = 'revisions'

/** A state of a bundle: its number, and the hash of its manifest, which no other state has. */
export interface RevisionId {
  readonly revision: number
  readonly id: string
}

export function revisionIdOf(manifest: Manifest): RevisionId {
  const hash = hashOf(Buffer.from(JSON.stringify(manifest)))
  return { revision: manifest.revision, id: hash.slice(0, 16) }
}

/** What a file of the folder holds: the record of a revision, or the revision itself. */
export type RevisionFileKind = 'record' | 'kept'

const extensions = { record: 'json', kept: 'safetensors' } as const

/** The path of a revision's file, below the bundle's folder. */
export function revisionFile({ revision, id }: RevisionId, kind: RevisionFileKind): string {
  return join(historyFolder, `${revision}-${id}.${extensions[kind]}`)
}

/** Reads the name of a file in the folder; `undefined` for any other file. */
export function parseRevisionFile(name: string): (RevisionId & { readonly kind: RevisionFileKind }) | undefined {
  const [, revision, id, extension] = /^([1-9]\d{0,14})-([0-9a-f]{16})\.(json|safetensors)$/.exec(name) ?? []
  if (id === undefined) return undefined
  return { revision: Number(revision), id, kind: extension === 'json' ? 'record' : 'kept' }
}
