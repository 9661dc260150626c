import { afterAll, beforeAll, describe } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

/** Whether the browser is there, and what to say in a test's name where it is not. */
export const hasBrowser = existsSync(executablePath)
export const skipReason = hasBrowser ? '' : ` (skipped: no ${executablePath})`

/** Without anything that a browser asks the network for by itself; with a camera that draws its pictures. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
]

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args })
}

/** Tests in a browser that is open while they run; skipped where there is none, with the reason in their name. */
export function describeInBrowser(tests: (browser: () => Browser) => void): void {
  const describeOrSkip = hasBrowser ? describe : describe.skip
  describeOrSkip(`in a browser${skipReason}`, () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await openBrowser()
    })
    afterAll(() => browser?.close())
    tests(() => browser)
  })
}

/** An open page, and all that went wrong on it: messages, errors, and requests for anything but the page itself. */
export async function openPage(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  await page.route('**/*', (route) => {
    const address = route.request().url()
    if (address === `file://${encodeURI(file)}`) return route.continue()
    problems.push(address)
    return route.abort()
  })
  await page.goto(`file://${file}`)
  return { page, problems }
}

/** The faults of a page that axe-core calls serious or critical. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[]
  }
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`)
}
