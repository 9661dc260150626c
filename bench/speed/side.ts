import type { SpeedContext } from './section.js'

/** One of the things that a figure compares, open and ready. */
export interface Side {
  /** Number of images, or views, of a round. */
  readonly count: number
  round(): Promise<unknown>
  close(): Promise<void>
}

export type OpenSide = (context: Pick<SpeedContext, 'data' | 'cacheDir'>) => Promise<Side>
