import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ListFileEntry } from '@huggingface/hub'
import { writeFileAtomic } from '../core/atomic-write.js'
import { isReadable } from '../core/is-readable.js'
import { messageOf, NpluskError, throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { downloadFile } from './download.js'
import { chooseModel, belongsTo } from './hub-files.js'

/** How the Hugging Face hub is reached. */
export interface HubAccess {
  /** For private and gated models; sent to the hub alone. */
  readonly token?: string | undefined
  /** Address of the hub or of a mirror. @default https://huggingface.co */
  readonly url?: string | undefined
}

const publicHub = 'https://huggingface.co'

/** `hf:owner/name` or `hf:owner/name@revision`. */
export function isHubName(model: string): boolean {
  return model.startsWith('hf:')
}

/** The address of a file on the hub. */
export function hubFileUrl(repo: string, revision: string, path: string, { url }: HubAccess): string {
  return `${base(url)}/${repo}/resolve/${encodeURIComponent(revision)}/${path}`
}

/**
 * Gives an image classifier from the hub as a file with its configuration beside it. The first call finds out the commit that the name
 * stands for and pins it; from then on the cache answers, without the network.
 *
 * @param name `hf:owner/name`, or `hf:owner/name@revision` for a branch, tag or commit
 * @returns the path of the ONNX file
 * @throws NpluskError `USAGE` for a malformed name or token, `NOT_FOUND` where there is no such model or no ONNX file in it,
 *   `DOWNLOAD`, `IO`, `ABORTED`
 */
export async function fetchFromHub(
  name: string,
  options: CallOptions & { readonly cacheDir: string; readonly hub?: HubAccess | undefined },
): Promise<string> {
  const { repo, revision } = parse(name)
  const { signal, hub = {} } = options
  throwIfAborted(signal)
  const folder = join(options.cacheDir, 'models', 'hub', repo.replace('/', '--'))
  const pinFile = join(folder, `${encodeURIComponent(revision ?? 'default')}.json`)
  const pinned = await readPin(pinFile)
  const kept = pinned && join(folder, pinned.commit, pinned.path)
  if (kept !== undefined && (await isReadable(kept))) return kept

  const { commit, files } = await look(repo, revision, hub, signal)
  const model = chooseModel(files, name)
  const wanted = files.filter(({ path }) => belongsTo(path, model.path))
  // The model comes last, so that it never lies there without what describes it.
  for (const { path, lfs } of [...wanted, model]) {
    await downloadFile(
      {
        url: hubFileUrl(repo, commit, path, hub),
        file: join(folder, commit, path),
        sha256: lfs?.oid,
        token: hub.token,
      },
      { signal, onProgress: path === model.path ? options.onProgress : undefined },
    )
  }
  await writeFileAtomic(pinFile, JSON.stringify({ commit, path: model.path }))
  return join(folder, commit, model.path)
}

function parse(name: string): { repo: string; revision: string | undefined } {
  const [, repo, revision] = /^hf:([\w][\w.-]*\/[\w][\w.-]*)(?:@([\w][\w./-]*))?$/.exec(name) ?? []
  if (repo === undefined || name.includes('..')) {
    throw new NpluskError('USAGE', `"${name}" names no model; write hf:owner/name, or hf:owner/name@revision.`)
  }
  return { repo, revision }
}

async function readPin(file: string): Promise<{ commit: string; path: string } | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as { commit: string; path: string }
  } catch {
    return undefined
  }
}

/** The commit behind a revision, and the files in it. */
async function look(
  repo: string,
  revision: string | undefined,
  { token, url }: HubAccess,
  signal: AbortSignal | undefined,
): Promise<{ commit: string; files: ListFileEntry[] }> {
  // Loaded only where it is needed: most calls never ask the hub.
  const { listFiles, modelInfo } = await import('@huggingface/hub')
  const asked = {
    hubUrl: base(url),
    ...(token === undefined ? {} : { accessToken: token }),
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      fetch(input, { ...init, ...(signal ? { signal } : {}) }),
  }
  try {
    const { sha } = await modelInfo({
      name: repo,
      additionalFields: ['sha'],
      ...(revision === undefined ? {} : { revision }),
      ...asked,
    })
    const files: ListFileEntry[] = []
    for await (const file of listFiles({ repo, revision: sha, recursive: true, ...asked })) {
      if (file.type === 'file' && !file.path.split('/').includes('..')) files.push(file)
    }
    return { commit: sha, files }
  } catch (cause) {
    throwIfAborted(signal)
    throw lookupError(cause, revision === undefined ? repo : `${repo}@${revision}`)
  }
}

function lookupError(cause: unknown, what: string): NpluskError {
  if (cause instanceof TypeError && cause.message.includes('access token')) {
    return new NpluskError('USAGE', "The token in HF_TOKEN is not one of the hub's, which begin with hf_; correct or unset it.", { cause }) // prettier-ignore
  }
  const status = (cause as { statusCode?: number }).statusCode
  if (status !== undefined) {
    // The hub answers 401 for what does not exist as well.
    if ([401, 403, 404].includes(status)) {
      const message = `The hub shows no model ${what}; check the name, and for a private or gated model set HF_TOKEN to a token that may read it.`
      return new NpluskError('NOT_FOUND', message, { cause, data: { status } })
    }
    return new NpluskError('DOWNLOAD', `The hub answers ${status} when asked for ${what}; try again later.`, { cause, data: { status } }) // prettier-ignore
  }
  const reason = messageOf((cause as { cause?: unknown }).cause ?? cause)
  return new NpluskError('DOWNLOAD', `Cannot ask the hub for ${what} (${reason}); check the network, then run again.`, { cause }) // prettier-ignore
}

function base(url: string | undefined): string {
  return (url ?? publicHub).replace(/\/+$/, '')
}
