import { homedir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { NpluskError } from '../core/errors.js'

/** What decides where downloads are kept; the caller reads the environment variables. */
export interface CachePlaces {
  /** `homeFolder()` */
  readonly home: string | undefined
  /** `NPLUSK_CACHE_DIR`: the cache folder itself. */
  readonly nplusk?: string | undefined
  /** `XDG_CACHE_HOME`: the folder that holds the caches of all programs. */
  readonly xdg?: string | undefined
}

/**
 * The folder for data that can be downloaded again. Empty values count as unset, as does a relative `XDG_CACHE_HOME`,
 * according to its specification.
 *
 * @throws NpluskError `USAGE` where there is none
 */
export function cacheFolder({ home, nplusk, xdg }: CachePlaces): string {
  if (nplusk) return nplusk
  if (xdg && isAbsolute(xdg)) return join(xdg, 'nplusk')
  if (home !== undefined) return join(home, '.cache', 'nplusk')
  throw new NpluskError('USAGE', 'There is no home folder to keep the cache in.', {
    remedy: { kind: 'choose-another', option: 'cacheDir' },
  })
}

/**
 * The user's home: as the environment says, else as the system's list of users does. An empty or relative one is none,
 * as it would be a folder in the one that the program happens to run in.
 */
export function homeFolder(): string | undefined {
  for (const find of [homedir, () => userInfo().homedir]) {
    try {
      const home = find()
      if (isAbsolute(home)) return home
    } catch {
      // No such user is on the list.
    }
  }
  return undefined
}

/** The cache folder of a call: the caller's, else `~/.cache/nplusk`. */
export function cacheDirOf({ cacheDir }: { readonly cacheDir?: string | undefined }): string {
  return cacheDir ?? cacheFolder({ home: homeFolder() })
}
