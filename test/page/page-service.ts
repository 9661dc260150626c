import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { spawnService } from '../server/spawned-service.js'
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
  const models = ['bundle', 'other'].flatMap((name) => ['--model', place.path(name)])
  const service = await spawnService([...models, '--device', 'cpu', ...(allowAdd ? ['--allow-add'] : [])], {
    NPLUSK_CACHE_DIR: place.cacheDir,
    NPLUSK_TOKEN: token,
  })
  return {
    url: `${service.url}/`,
    place,
    pictures,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
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
