import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { ServeOptions } from '../../src/server/options.js'
import { tinyPlace, type TinyPlace } from '../training/tiny-extension.js'
import { watch } from './page-at-work.js'

export const token = 'a-token'

/** The service with two copies of a tiny bundle, of ten old classes, red and green; the first is `bundle`. */
export interface PageService extends AsyncDisposable {
  /** Ends with `/`. */
  readonly url: string
  readonly place: TinyPlace
  /** Folder of the pictures that were taught: `red`/`0.png` … */
  readonly pictures: string
}

export async function openPageService(allowAdd = true): Promise<PageService> {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const place = tinyPlace(folder)
  const pictures = await place.draw('colours', { red: 8, green: 8 })
  await place.add({ add: [pictures], rehearsal: await place.draw('old', { any: 12 }) })
  cpSync(place.path('bundle'), place.path('other'), { recursive: true })
  const models = ['bundle', 'other'].map((name) => ({ model: place.path(name) }))
  const server = await startServer({ models, port: 0, device: 'cpu', cacheDir: place.cacheDir, allowAdd, token })
  return {
    url: server.url,
    place,
    pictures,
    async [Symbol.asyncDispose]() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startServer(options: ServeOptions): Promise<{ url: string; close(): Promise<void> }> {
  const script = fileURLToPath(new URL('./serve-alone.js', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [unknown]
  if (typeof line !== 'string') throw new Error('The service did not start.')
  return {
    url: `${line}/`,
    async close() {
      child.stdin.end()
      await ended
    },
  }
}

export interface OpenedPage extends AsyncDisposable {
  readonly context: BrowserContext
  readonly page: Page
  readonly problems: string[]
}

/** The page as it is once it knows what the classifier knows. */
export async function openServed(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const problems = watch(page, url.replace(/#.*$/, ''))
  await page.goto(url)
  await page.locator('#views').waitFor()
  return { context, page, problems, [Symbol.asyncDispose]: () => context.close() }
}
