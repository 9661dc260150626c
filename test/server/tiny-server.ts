import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServeOptions } from '../../src/server/options.js'
import { serve } from '../../src/server/serve.js'
import { tinyPlace } from '../training/tiny-extension.js'

/** A bundle of ten old classes, red and green, and pictures of these. */
export interface TinyBundle extends Disposable {
  readonly folder: string
  readonly bundle: string
  readonly cacheDir: string
  readonly files: readonly string[]
  readonly pictures: readonly Buffer[]
}

export async function tinyBundle(): Promise<TinyBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const place = tinyPlace(folder)
  await place.add({
    add: [await place.draw('colours', { red: 8, green: 8 })],
    rehearsal: await place.draw('old', { any: 12 }),
  })
  const files = ['red', 'green'].flatMap((label) => [0, 1].map((i) => place.path('colours', label, `${i}.png`)))
  return {
    folder,
    bundle: place.path('bundle'),
    cacheDir: place.cacheDir,
    files,
    pictures: files.map((file) => readFileSync(file)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The service before that bundle, at a free port. */
export function serveTiny({ bundle, cacheDir }: TinyBundle, options: Partial<ServeOptions> = {}) {
  return serve({ models: [{ name: 'tiny', model: bundle }], device: 'cpu', cacheDir, port: 0, ...options })
}

/** A problem document's type without what all begin with, and its status, as the answer has them. */
export async function problemIn(response: Response): Promise<string> {
  const { type, title, status, detail } = (await response.json()) as Record<string, unknown>
  const isWhole = typeof title === 'string' && typeof detail === 'string' && status === response.status
  const media = response.headers.get('content-type')
  return `${media?.split(';')[0]} ${response.status} ${String(type)} ${isWhole ? '' : 'not whole'}`.trim()
}

/** What `problemIn` gives for a problem. */
export function problemLine(status: number, name: string): string {
  return `application/problem+json ${status} urn:nplusk:problem:${name}`
}
