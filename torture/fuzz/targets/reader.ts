import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutator, Target } from '../target.js'

/** A target that reads one file of a fixed name. */
export function fileReader(
  name: string,
  file: string,
  seeds: () => readonly (string | Uint8Array)[] | Promise<readonly (string | Uint8Array)[]>,
  mutate: Mutator,
  run: (path: string, input: Uint8Array) => unknown,
): Target {
  return {
    name,
    seeds: async () => (await seeds()).map((seed) => (typeof seed === 'string' ? Buffer.from(seed) : seed)),
    mutate,
    open: (folder) => {
      const path = join(folder, file)
      return Promise.resolve({
        async run(input) {
          writeFileSync(path, input)
          return await run(path, input)
        },
        close: () => Promise.resolve(rmSync(path, { force: true })),
      })
    },
  }
}
