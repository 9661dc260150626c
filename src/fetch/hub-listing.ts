import type { ListFileEntry } from '@huggingface/hub'
import { messageOf, NpluskError, throwIfAborted } from '../core/errors.js'
import { isPlainPath, isSha256 } from '../core/plain-names.js'
import type { FetchOptions, HubAccess } from './fetch-options.js'
import { isCommit } from './hub-pin.js'
import { fetchThrough } from './proxied-fetch.js'

const publicHub = 'https://huggingface.co'

/** The address of a file on the hub. */
export function hubFileUrl(repo: string, revision: string, path: string, { url }: HubAccess): string {
  return `${base(url)}/${repo}/resolve/${encodeURIComponent(revision)}/${path}`
}

/** Whether an address is one of the hub. */
export function isOnHub(url: string, { url: hub }: HubAccess): boolean {
  return URL.canParse(base(hub)) && new URL(url).origin === new URL(base(hub)).origin
}

/**
 * The commit behind a revision, and the files in it.
 *
 * @param revision branch, tag or commit; `undefined` for the default branch
 * @throws NpluskError `NOT_FOUND`, `USAGE` for a malformed token, `DOWNLOAD`, `ABORTED`
 */
export async function listRevision(
  repo: string,
  revision: string | undefined,
  { token, url }: HubAccess,
  { signal, proxies }: Pick<FetchOptions, 'signal' | 'proxies'>,
): Promise<{ commit: string; files: ListFileEntry[] }> {
  const what = revision === undefined ? repo : `${repo}@${revision}`
  // Loaded on demand: most calls never ask the hub.
  const { listFiles, modelInfo } = await import('@huggingface/hub')
  const proxiedFetch = await fetchThrough(proxies)
  const requestOptions = {
    hubUrl: base(url),
    ...(token === undefined ? {} : { accessToken: token }),
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      proxiedFetch(String(input), {
        ...init,
        ...withoutForeignToken(String(input), base(url), init),
        ...(signal ? { signal } : {}),
      }),
  }
  try {
    const { sha } = await modelInfo({
      name: repo,
      additionalFields: ['sha'],
      ...(revision === undefined ? {} : { revision }),
      ...requestOptions,
    })
    if (!isCommit(sha)) throw badAnswer(what)
    const files: ListFileEntry[] = []
    for await (const file of listFiles({ repo, revision: sha, recursive: true, ...requestOptions })) {
      // Names from a server become paths here; one that leads elsewhere is skipped.
      if (file.type !== 'file' || !isPlainPath(file.path)) continue
      if (file.lfs !== undefined && !isSha256(file.lfs.oid)) throw badAnswer(what)
      files.push(file)
    }
    return { commit: sha, files }
  } catch (cause) {
    throwIfAborted(signal)
    throw lookupError(cause, what)
  }
}

/** Removes the token from requests to other servers, where the next page of a list may be. */
function withoutForeignToken(url: string, hub: string, init: RequestInit = {}): RequestInit {
  if (URL.canParse(url) && new URL(url).origin === new URL(hub).origin) return {}
  const headers = new Headers(init.headers)
  headers.delete('authorization')
  return { headers: Object.fromEntries(headers) }
}

function badAnswer(what: string): NpluskError {
  const message = `The hub's answer on ${what} is none that the hub gives (a commit or a hash is malformed).`
  return new NpluskError('DOWNLOAD', message, { remedy: { kind: 'check-hub' } })
}

function lookupError(cause: unknown, what: string): NpluskError {
  if (cause instanceof NpluskError) return cause
  if (cause instanceof TypeError && cause.message.includes('access token')) {
    const message = "The access token is not one of the hub's, which begin with hf_."
    return new NpluskError('USAGE', message, { cause, remedy: { kind: 'correct-token' } })
  }
  const status = (cause as { statusCode?: number }).statusCode
  if (status !== undefined) {
    // The hub also answers 401 for repositories that do not exist.
    if ([401, 403, 404].includes(status)) {
      const remedy = { kind: 'check-name-or-give-token' } as const
      return new NpluskError('NOT_FOUND', `The hub shows no model ${what}.`, { cause, data: { status }, remedy })
    }
    return new NpluskError('DOWNLOAD', `The hub answers ${status} when asked for ${what}; try again later.`, {
      cause,
      data: { status },
    })
  }
  const reason = messageOf((cause as { cause?: unknown }).cause ?? cause)
  return new NpluskError('DOWNLOAD', `Cannot ask the hub for ${what} (${reason}); check the network, then run again.`, {
    cause,
  })
}

function base(url: string | undefined): string {
  return (url ?? publicHub).replace(/\/+$/, '')
}
