import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { folderTar } from './folder-tar.js'
import { callInThread } from './library-thread.js'
import { bundleOf } from './target.js'
import type { Teaching } from './teaching.js'
import { failureOf } from './words/failure.js'

export const downloadFormats = ['onnx', 'web'] as const
export type DownloadFormat = (typeof downloadFormats)[number]

/** A file that is sent, and deleted once that is over, however it ends. */
export interface Download {
  readonly name: string
  readonly type: string
  /** `undefined` where it is made while it is sent. */
  readonly bytes?: number
  readonly content: Readable
}

/**
 * Exports a bundle: `onnx` as a file, `web` as a tar of its folder.
 *
 * @param signal fires when the client has gone
 * @throws Problem `unknown-model`; `conflict` while there is another export, or nothing was taught yet
 */
export async function exportDownload(
  { services, lessons, exports }: Teaching,
  { model, format }: { readonly model: string | undefined; readonly format: DownloadFormat },
  signal: AbortSignal,
): Promise<Download> {
  const turn = exports.take('another export is being made')
  let folder: string | undefined
  const end = async () => {
    turn[Symbol.dispose]()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const { name, out: bundle } = await bundleOf(services, model)
    folder = await mkdtemp(join(lessons.root, 'export-'))
    const { cacheDir } = services.options
    const place = { model: bundle, format, out: join(folder, 'export') }
    await callInThread('exportModel', { ...place, ...(cacheDir === undefined ? {} : { cacheDir }) }, { signal })
    const download = await (format === 'onnx' ? fileDownload(place.out) : tarDownload(place.out, plainFileName(name)))
    download.content.once('close', () => void end().catch(() => undefined))
    // Who has gone by now would never read it.
    if (signal.aborted) download.content.destroy()
    return { name: `${plainFileName(name)}.${format === 'onnx' ? 'onnx' : 'tar'}`, ...download }
  } catch (error) {
    await end()
    throw failureOf(error)
  }
}

function tarDownload(folder: string, name: string): Omit<Download, 'name'> {
  return { type: 'application/x-tar', content: folderTar(folder, name) }
}

async function fileDownload(file: string): Promise<Omit<Download, 'name'>> {
  const { size } = await stat(file)
  return { type: 'application/octet-stream', bytes: size, content: createReadStream(file) }
}

/** A model's name, reduced to what headers and file systems take. */
export function plainFileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'model'
}
