import { existsSync } from 'node:fs'

/**
 * Paths of the versions of Node to compare: the one that runs this, and those that `NODES` lists, with colons between
 * them.
 */
export function findNodes(): string[] {
  const others = (process.env['NODES'] ?? '').split(':').filter((path) => path !== '')
  const missing = others.filter((path) => !existsSync(path))
  if (missing.length > 0) throw new Error(`NODES names ${missing.join(' and ')}, and there is no such file`)
  return [process.execPath, ...others]
}
