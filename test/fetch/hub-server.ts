import type { IncomingMessage, ServerResponse } from 'node:http'
import { createHash } from 'node:crypto'
import { sendFile, serve, type FileServer } from './file-server.js'

export interface HubRepository {
  /** `owner/name` */
  readonly name: string
  /** Commit of the default revision, 40 hex digits. */
  readonly commit: string
  readonly files: Readonly<Record<string, Uint8Array>>
  /** Token without which the repository is not visible. */
  readonly token?: string
  /**
   * Answers that no hub would give: fields of the revision, the whole list of files, or the address where it continues.
   */
  readonly answers?: { readonly revision?: object; readonly tree?: unknown; readonly next?: string }
}

/**
 * A server that answers as the Hugging Face hub does to requests about one repository: its revision, its list of files,
 * and the files, large ones by a redirect to where they are stored.
 *
 * @param repository called at every request, so that it may change
 * @param store address that files of more than 1000 bytes are redirected to, with the same path
 */
export function serveHub(repository: () => HubRepository, store?: () => string): Promise<FileServer> {
  return serve((request, response) => answer(repository(), store?.(), request, response))
}

function answer(
  { name, commit, files, token, answers = {} }: HubRepository,
  store: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://hub').pathname)
  const sendJson = (value: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }
  if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
    return sendJson({ error: 'Invalid username or password.' }, 401)
  }
  if (path.startsWith(`/api/models/${name}/revision/`)) {
    return sendJson({ _id: '1', id: name, sha: commit, lastModified: '2026-01-01T00:00:00.000Z', ...answers.revision })
  }
  if (path === `/api/models/${name}/tree/${commit}`) {
    if (answers.next !== undefined) response.setHeader('link', `<${answers.next}>; rel="next"`)
    return sendJson(
      'tree' in answers
        ? answers.tree
        : Object.entries(files).map(([file, bytes]) => ({
            type: 'file',
            path: file,
            size: bytes.length,
            oid: '0'.repeat(40),
            ...(bytes.length > 1000 ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 130 } } : {}),
          })),
    )
  }
  const prefix = `/${name}/resolve/${commit}/`
  const bytes = path.startsWith(prefix) ? files[path.slice(prefix.length)] : undefined
  if (bytes === undefined) return sendJson({ error: 'Repository not found' }, 404)
  if (store !== undefined && bytes.length > 1000) response.writeHead(302, { location: `${store}${path}` }).end()
  else sendFile(request, response, bytes)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
