import { join } from 'node:path'
import { isRefusal, readError } from '../../core/errors.js'
import { hashOf } from '../../core/hash-of.js'
import { readText } from '../../core/regular-file.js'
import { changesBetween, type Changes } from '../changes.js'
import { count, integer, list, nullable, number, object, optional, share, text, that } from '../check-shape.js'
import { addedCount, type HeldOutRecord, type Manifest } from '../manifest.js'
import { revisionFile, revisionIdOf, type RevisionId } from './revision-file.js'

/** What made a revision. */
export type ChangeKind = 'add' | 'remove' | 'rename' | 'rollback'

/** What only the caller knows of a change. */
export interface ChangeNote {
  readonly kind: ChangeKind
  /** The revision that a rollback brought back. */
  readonly restored?: number
  /** The command or call, in the caller's words. */
  readonly command?: string | undefined
  /** How many earlier revisions are kept. @default as before, else 5 */
  readonly keep?: number | undefined
  /** The bundle that was extended into another folder. */
  readonly extended?: Manifest | undefined
}

/** Figures on held-out images: a `HeldOutRecord` without its classes. */
export type HeldOutSummary = Omit<HeldOutRecord, 'perClass'>

/** The record of how a revision came about. */
export interface RevisionRecord {
  readonly revision: number
  /** The revision before it; `null` for the first one. */
  readonly parent: string | null
  /** ISO 8601, UTC. */
  readonly date: string
  readonly kind: ChangeKind
  readonly restored?: number
  readonly command: string | null
  readonly keep: number
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
  readonly changes: Changes
  /** `null` where they are not known. */
  readonly heldOut: { readonly before: HeldOutSummary | null; readonly after: HeldOutSummary | null }
}

/** Earlier revisions that are kept unless another number is given. */
export const defaultKeep = 5

/**
 * Describes a change.
 *
 * @param before the state that it changed, if the bundle was there; `keep`: how many revisions it kept
 */
export function recordOf(
  manifest: Manifest,
  before: { readonly manifest: Manifest; readonly keep: number } | undefined,
  { kind, restored, command, keep, extended }: ChangeNote,
): RevisionRecord {
  const earlier = before?.manifest ?? extended
  return {
    revision: manifest.revision,
    parent: before ? revisionIdOf(before.manifest).id : null,
    date: new Date().toISOString(),
    kind,
    ...(restored === undefined ? {} : { restored }),
    command: command ?? null,
    keep: keep ?? before?.keep ?? defaultKeep,
    classes: { base: manifest.base.classes.length, ...addedCount(manifest) },
    changes: changesBetween(earlier?.increments ?? [], manifest.increments),
    heldOut: { before: summaryOf(earlier), after: summaryOf(manifest) },
  }
}

export function summaryOf(manifest: Manifest | undefined): HeldOutSummary | null {
  const heldOut = manifest?.training.heldOut
  if (!heldOut) return null
  const { perClass: _, ...summary } = heldOut
  return summary
}

/** The file of a record: JSON whose last field is the SHA-256 of the record without it. */
export function encodeRecord(record: RevisionRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ ...record, sha256: sealOf(record) }, undefined, 1))
}

/** What is read of a record: `record` where it is whole, `isSealed` where it has a checksum. */
export interface ReadRecord {
  readonly record: RevisionRecord | undefined
  readonly isSealed: boolean
}

/**
 * Reads the record of a revision.
 *
 * @returns `undefined` where there is none, or it is damaged: a history with a gap does no harm
 * @throws NpluskError `IO` when it may not be read
 */
export async function readRecord(folder: string, id: RevisionId): Promise<RevisionRecord | undefined> {
  return (await lookAtRecord(folder, id))?.record
}

/** As `readRecord`, but tells a damaged one from none, which is `undefined`. */
export async function lookAtRecord(folder: string, id: RevisionId): Promise<ReadRecord | undefined> {
  const path = join(folder, revisionFile(id, 'record'))
  const json = await readText(path).catch((error: unknown) => {
    if (isRefusal(error)) throw readError(error, path)
    return undefined
  })
  if (json === undefined) return undefined
  try {
    const { sha256, ...value } = JSON.parse(json) as RevisionRecord & { readonly sha256?: unknown }
    // Those of earlier versions have no checksum.
    const isWhole = sha256 === undefined || sha256 === sealOf(value)
    const isRecord = isWhole && record(value) === undefined && value.revision === id.revision
    return { record: isRecord ? value : undefined, isSealed: sha256 !== undefined }
  } catch {
    return { record: undefined, isSealed: false }
  }
}

function sealOf(record: RevisionRecord): string {
  return hashOf(Buffer.from(JSON.stringify(record)))
}

const images = { label: text, images: count }
const renamings = list(object({ from: text, to: text }))
const labels = list(text)
const summary = nullable(
  object({
    old: nullable(object({ top1Before: share, top1After: share, count })),
    new: object({ top1: nullable(share), count }),
    leak: nullable(share),
    miss: nullable(share),
  }),
)

/** Fields that later versions may add are ignored. */
const record = object({
  revision: integer(1),
  parent: nullable(that((value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value))),
  date: that((value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))),
  kind: that((value) => ['add', 'remove', 'rename', 'rollback'].includes(value as string)),
  restored: optional(integer(1)),
  command: nullable(text),
  keep: number(0),
  classes: object({ base: count, added: count, total: count }),
  changes: object({
    added: list(object(images)),
    removed: list(object(images)),
    grown: list(object({ ...images, before: count })),
    shrunk: list(object({ ...images, before: count })),
    renamed: renamings,
    increments: object({ added: labels, removed: labels, renamed: renamings }),
  }),
  heldOut: object({ before: summary, after: summary }),
})
