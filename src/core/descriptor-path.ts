import type { FileHandle } from 'node:fs/promises'
import { platform } from 'node:os'

/**
 * A path that leads to an open file, whatever else has its name by now; `undefined` on Windows, which has no such
 * paths.
 */
export function descriptorPath({ fd }: FileHandle): string | undefined {
  return platform() === 'win32' ? undefined : `/dev/fd/${fd}`
}
