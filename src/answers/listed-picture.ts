import { basename, resolve } from 'node:path'
import type { PassedOver } from '../folders/passed-over.js'

/** One picture of a list. */
export interface ListedPicture {
  /** Its path, as its answer names it. */
  readonly file: string
  /** What its shard is drawn by: its path below the folder that was named, else the path that was. */
  readonly key: string
  /**
   * Reads the content of a picture in an archive, which is there until the next picture of the list is asked for.
   * Throws `BAD_INPUT` where it cannot be read. `undefined` for a file, which is read by its path.
   */
  readonly content?: () => Promise<Uint8Array>
  /** Why this is no picture: it stands for a folder or an archive that cannot be read to its end. */
  readonly error?: unknown
}

/** Told of the files in a folder that are not pictures. */
export type OnPassedOver = (files: readonly PassedOver[]) => void

/** What stands for a folder or an archive that cannot be read to its end. */
export function unreadable(path: string, error: unknown): ListedPicture {
  // Shards must agree on it wherever it lies.
  return { file: path, key: basename(resolve(path)), error, content: () => Promise.reject(error as Error) }
}
