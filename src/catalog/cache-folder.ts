import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** What decides where downloads are kept; the caller reads the environment variables. */
export interface CachePlaces {
  /** `os.homedir()` */
  readonly home: string
  /** `NPLUSK_CACHE_DIR`: the cache folder itself. */
  readonly nplusk?: string | undefined
  /** `XDG_CACHE_HOME`: the folder that holds the caches of all programs. */
  readonly xdg?: string | undefined
}

/**
 * The folder for data that can be downloaded again. Empty values count as unset, as does a relative `XDG_CACHE_HOME`,
 * according to its specification.
 */
export function cacheFolder({ home, nplusk, xdg }: CachePlaces): string {
  if (nplusk) return nplusk
  if (xdg && isAbsolute(xdg)) return join(xdg, 'nplusk')
  return join(home, '.cache', 'nplusk')
}

/** The cache folder of a call: the caller's, else `~/.cache/nplusk`. */
export function cacheDirOf({ cacheDir }: { readonly cacheDir?: string | undefined }): string {
  return cacheDir ?? cacheFolder({ home: homedir() })
}
