/** How a file of a bundle is; `unsealed`: not checked whole, as an earlier version wrote it without a checksum. */
export type FileState = 'whole' | 'unsealed' | 'damaged' | 'missing'

/** What a file of a bundle holds. */
export type Held = 'model' | 'manifest' | 'backbone' | 'rehearsal' | 'features' | 'record' | 'revision'

/** A file of a bundle that was looked at. */
export interface LookedAt {
  /** Its path below the bundle's folder. */
  readonly file: string
  readonly holds: Held
  readonly state: FileState
  /** Bytes; 0 for a missing one. */
  readonly bytes: number
  /** Numbers of the revisions that need it, the newest first. */
  readonly revisions: readonly number[]
  /** Of features: the increment of the newest of these revisions. */
  readonly increment?: string
}
