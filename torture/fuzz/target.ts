import type { Random } from '../../src/math/random.js'

/** Changes an input into another one; `other` is a second input of the corpus, to take pieces of. */
export type Mutator = (input: Uint8Array, random: Random, other: Uint8Array) => Uint8Array

/** A reader of what may come from anywhere. */
export interface Target {
  readonly name: string
  /** Valid inputs, small ones. */
  seeds(): Promise<readonly Uint8Array[]>
  readonly mutate: Mutator
  /** @param folder one of its own, empty */
  open(folder: string): Promise<OpenTarget>
}

export interface OpenTarget {
  /**
   * Reads an input as the program would.
   *
   * @throws NpluskError where it is refused; anything else is a finding
   */
  run(input: Uint8Array): Promise<unknown>
  close?(): Promise<void>
}

/** Something that must not happen. */
export interface Finding {
  /** One sentence. */
  readonly what: string
  readonly input: Uint8Array
}
