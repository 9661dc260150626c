/** What a section measures with. */
export interface SpeedContext {
  /** Folder of the data sets; the models lie in `models` beside it. */
  readonly data: string
  /** Where the default model and the features of all photographs are kept. */
  readonly cacheDir: string
  /** Says what is being done, on stderr. */
  say(what: string): void
}

/** One part of the bench: figures by name, each a ratio to something that ran beside it, or a size. */
export interface SpeedSection {
  readonly name: string
  run(context: SpeedContext): Promise<Record<string, number>>
}
