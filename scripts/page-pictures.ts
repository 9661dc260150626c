import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { ServeOptions } from '../src/server/options.js'
import { serve } from '../src/server/serve.js'

const token = 'screenshots'
const asked = ['flowers-test/orchid/02.jpg', 'objects/banana.jpg', 'flowers-test/poppy/01.jpg']
const taught = ['orchid', 'snowdrop']

/** What is photographed: the file's name without what comes after it, and how the page is seen. */
const looks = [
  { name: 'page', viewport: { width: 1000, height: 900 }, colorScheme: 'light' },
  { name: 'page-dark', viewport: { width: 1000, height: 900 }, colorScheme: 'dark' },
  { name: 'page-phone', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
] as const

/**
 * Photographs the page of the service: pictures asked about, a lesson before it is taught, and what it changed. The
 * bundle knows some of the drawn flowers, and is taught two more.
 */
export async function photographPage(
  browser: Browser,
  { model, ...options }: Pick<ServeOptions, 'cacheDir'> & { readonly model: string },
  save: (picture: Uint8Array, name: string) => Promise<void>,
): Promise<void> {
  await using server = await serve({ ...options, models: [{ model }], port: 0, allowAdd: true, token })
  for (const { name, ...look } of looks) {
    const context = await browser.newContext(look)
    const page = await context.newPage()
    await page.goto(`${server.url}/`)
    await page
      .locator('#look input[type=file]')
      .first()
      .setInputFiles(asked.map((file) => join('fixtures', file)))
    await page
      .locator('#answers .bars')
      .nth(asked.length - 1)
      .waitFor()
    await save(await page.screenshot(), name)
    await page.goto(`${server.url}/#token=${token}`)
    await page.reload()
    await gather(page)
    await save(await page.screenshot(), `${name}-lesson`)
    await page.getByRole('button', { name: 'Teach', exact: true }).click()
    await page.locator('.result').waitFor({ timeout: 120_000 })
    await save(await page.screenshot(), `${name}-taught`)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page
      .getByText(/^Undone/)
      .first()
      .waitFor()
    await context.close()
  }
}

async function gather(page: Page): Promise<void> {
  await page.getByLabel('What is it?').waitFor()
  for (const [i, label] of taught.entries()) {
    if (i > 0) await page.getByRole('button', { name: 'Add another thing' }).click()
    const card = page.locator('.class').nth(i)
    await card.getByLabel('What is it?').fill(label)
    const files = (await readdir(join('fixtures/flowers', label))).map((file) => join('fixtures/flowers', label, file))
    await card.locator('input[type=file]').first().setInputFiles(files)
    await card.getByText(`${files.length} pictures`).waitFor()
  }
  await page.locator('.sending').first().waitFor({ state: 'detached' })
  await page.evaluate('scrollTo(0, 0)')
}
