import { fileURLToPath } from 'node:url'

/** The path of a file that ships with the package, under `assets/`. */
export function assetPath(name: string): string {
  // Compiled code runs from dist/src/core.
  return fileURLToPath(new URL(`../../../assets/${name}`, import.meta.url))
}
