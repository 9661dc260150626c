/** A picture made to take more time or memory than it should. */
export interface Attack {
  readonly name: string
  /** The content of its file. */
  readonly make: () => Uint8Array | Promise<Uint8Array>
  /** What its error must say. @default it may be read or refused, as long as it is soon */
  readonly refused?: RegExp
}
