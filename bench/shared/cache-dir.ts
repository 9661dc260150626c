import { homedir } from 'node:os'
import { cacheFolder } from '../../src/catalog/cache-folder.js'

/** The cache that `extend` uses under the same environment variables. */
export function usualCacheDir({ NPLUSK_CACHE_DIR: nplusk, XDG_CACHE_HOME: xdg }: NodeJS.ProcessEnv): string {
  return cacheFolder({ home: homedir(), nplusk, xdg })
}
