import { join } from 'node:path'
import { NpluskError, throwIfAborted } from '../core/errors.js'
import { repair } from './damaged-cache.js'
import { downloadFile } from './download.js'
import type { FetchOptions } from './fetch-options.js'
import { recordOf, type FileRecord } from './file-record.js'
import { chooseModel, belongsTo } from './hub-files.js'
import { hubFileUrl, listRevision } from './hub-listing.js'
import { intactFiles, readPin, writePin } from './hub-pin.js'

export type { HubAccess } from './fetch-options.js'

/** Whether a model is named as `hf:owner/name` or `hf:owner/name@revision`. */
export function isHubName(model: string): boolean {
  return model.startsWith('hf:')
}

/**
 * Fetches an image classifier from the hub, as a file with its configuration beside it. The first call resolves the
 * name to a commit and pins it. Later calls answer from the cache, without the network, unless its files have changed:
 * those are fetched again.
 *
 * @param name `hf:owner/name`, or `hf:owner/name@revision` for a branch, tag or commit
 * @returns the path of the ONNX file
 * @throws NpluskError `USAGE` for a malformed name or token, `NOT_FOUND` where there is no such model or it has no ONNX
 * file, `DOWNLOAD`, `IO`, `ABORTED`
 */
export async function fetchFromHub(name: string, options: FetchOptions): Promise<string> {
  const { repo, revision } = parse(name)
  throwIfAborted(options.signal)
  const folder = join(options.cacheDir, 'models', 'hub', repo.replace('/', '--'))
  const pinFile = join(folder, `${encodeURIComponent(revision ?? 'default')}.json`)
  const pin = await readPin(pinFile)
  if (pin === undefined || pin === 'damaged') {
    const message = `${pinFile} is damaged; asking the hub again which version ${name} is.`
    if (pin === 'damaged') options.onProgress?.({ type: 'info', message })
    return fetchPinned({ name, repo, folder, pinFile, revision }, {}, options)
  }
  const { commit, path, files } = pin
  const model = join(folder, commit, path)
  const intact = await intactFiles(join(folder, commit), files)
  if (Object.keys(files).every((one) => Object.hasOwn(intact, one))) return model
  const fetchAgain = () => fetchPinned({ name, repo, folder, pinFile, revision: commit }, intact, options)
  return repair(model, name, fetchAgain, options.onProgress)
}

interface PinRequest {
  readonly name: string
  readonly repo: string
  readonly folder: string
  readonly pinFile: string
  readonly revision: string | undefined
}

/** @param intact records of files that are in the cache already */
async function fetchPinned(
  { name, repo, folder, pinFile, revision }: PinRequest,
  intact: Readonly<Record<string, FileRecord>>,
  { signal, onProgress, hub = {}, proxies }: FetchOptions,
): Promise<string> {
  const { commit, files } = await listRevision(repo, revision, hub, { signal, proxies })
  const model = chooseModel(files, name)
  const companions = files.filter(({ path }) => belongsTo(path, model.path))
  const records: Record<string, FileRecord> = {}
  // The model comes last, so that it is never there without the files that describe it.
  for (const { path, lfs } of [...companions, model]) {
    const file = join(folder, commit, path)
    if (intact[path] === undefined) {
      const url = hubFileUrl(repo, commit, path, hub)
      const download = { url, file, sha256: lfs?.oid, token: hub.token, hub: 'model' } as const
      await downloadFile(download, { signal, proxies, onProgress: path === model.path ? onProgress : undefined })
    }
    records[path] = intact[path] ?? (await recordOf(file))
  }
  await writePin(pinFile, { commit, path: model.path, files: records })
  return join(folder, commit, model.path)
}

function parse(name: string): { repo: string; revision: string | undefined } {
  const [, repo, revision] = /^hf:([\w][\w.-]*\/[\w][\w.-]*)(?:@([\w][\w./-]*))?$/.exec(name) ?? []
  // The hub allows no name with two dashes in a row; in our folder names they stand for its slash.
  if (repo === undefined || name.includes('..') || repo.includes('--')) {
    throw new NpluskError('USAGE', `"${name}" names no model; write hf:owner/name, or hf:owner/name@revision.`)
  }
  return { repo, revision }
}
