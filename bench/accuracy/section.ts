import type { Lab } from './lab.js'
import type { Table } from '../shared/table.js'

export interface SectionOptions {
  /** Few-shot draws. */
  readonly draws: number
  /** Images a class of the few-shot draws. */
  readonly shots: readonly number[]
  /** Says what is being done, on stderr. */
  readonly say: (what: string) => void
}

/** One part of the protocol. */
export interface Section {
  readonly name: string
  run(lab: Lab, options: SectionOptions): Promise<SectionResult>
}

export interface SectionResult {
  readonly tables: readonly Table[]
  /** Every figure, for programs. */
  readonly figures: unknown
}
