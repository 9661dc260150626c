import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describeInBrowser, seriousFaults } from '../support/browser.js'
import { drop, paste } from './page-at-work.js'
import { openPageService, openServed, type PageService } from './page-service.js'

let service: PageService

beforeAll(async () => {
  service = await openPageService(false)
})

afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
})

const answers = (page: Page, name: string) => page.getByRole('article', { name, exact: true }).locator('.bars li')

/** The cells of every line of a table as RFC 4180 has it, after the mark of UTF-8. */
function cellsOf(csv: string): string[][] {
  expect(csv.startsWith('\ufeff')).toBe(true)
  const lines = csv.slice(1).split('\r\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
      quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
    ),
  )
}

describeInBrowser((browser) => {
  test.each([
    ['light', 1100],
    ['dark', 390],
  ] as const)(
    '%s, %d wide: pictures dropped, pasted and taken are answered, without a message or a serious fault',
    async (colorScheme, width) => {
      await using opened = await openServed(browser(), service.url, { colorScheme, viewport: { width, height: 844 } })
      const { page, problems } = opened
      await drop(page, 'dropped.jpg', readFileSync(join(service.pictures, 'red', '0.png')))
      await paste(page, 'pasted.jpg', readFileSync(join(service.pictures, 'green', '0.png')))
      await page.getByRole('button', { name: 'Use the camera' }).click()
      await page.locator('.shutter:enabled').waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await page.locator('.shutter').click()
      await answers(page, 'camera 1.jpg').first().waitFor()
      expect(await answers(page, 'camera 1.jpg').count()).toBe(5)
      for (const [name, label] of Object.entries({ 'dropped.jpg': 'red', 'pasted.jpg': 'green' })) {
        const first = answers(page, name).first()
        await first.waitFor()
        expect(await first.locator('.label').textContent()).toBe(label)
        expect(await first.locator('.mark').textContent()).toBe('taught with colours')
      }
      await page.getByRole('button', { name: 'Close' }).click()
      expect(await page.locator('video').count()).toBe(0)
      expect(await seriousFaults(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      expect(await page.getByRole('link', { name: 'Teach' }).count()).toBe(0)
      expect(problems).toEqual([])
    },
  )

  test('a folder becomes a table that can be sorted and downloaded, in which no name is a formula', async () => {
    const folder = service.place.path('=mixed')
    mkdirSync(folder, { recursive: true })
    for (const [name, from] of Object.entries({ '=1+1.png': 'red', 'b, "c".png': 'green', 'd.png': 'red' })) {
      cpSync(join(service.pictures, from, '1.png'), join(folder, name))
    }
    writeFileSync(join(folder, 'broken.jpg'), 'nothing')
    writeFileSync(join(folder, 'notes.txt'), 'nothing')
    await using opened = await openServed(browser(), `${service.url}#folder`)
    const { page, problems } = opened
    // The first picture is answered last.
    let asked = 0
    await page.route('**/predict?*', async (route) => {
      if (++asked === 1) await page.locator('.results tbody tr').nth(2).waitFor()
      await route.continue()
    })
    await page.locator('#folder input[type=file]').first().setInputFiles(folder)
    await page
      .getByText('4 pictures. 1 picture has no answer; the table says why. 1 other file left out.')
      .first()
      .waitFor()
    const lines = () => page.locator('.results tbody th').allTextContents()
    const names = ['=mixed/=1+1.png', '=mixed/b, "c".png', '=mixed/broken.jpg', '=mixed/d.png']
    expect(await lines()).toEqual(names)
    await page.getByRole('button', { name: 'File' }).click()
    expect(await lines()).toEqual(names)
    await page.getByRole('button', { name: 'File' }).press('Enter')
    expect(await lines()).toEqual([...names].reverse())
    await page.getByRole('button', { name: 'File' }).click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the table' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('answers.csv')
    const [titles, ...rows] = cellsOf(readFileSync(await download.path(), 'utf8'))
    expect(titles!.slice(0, 5)).toEqual(['file', 'remark', 'answer 1', 'probability 1', 'taught with 1'])
    expect(rows.map(([file]) => file)).toEqual(names.map((name) => `'${name}`))
    expect(rows.map((row) => row[2])).toEqual(['red', 'green', undefined, 'red'])
    expect(rows[0]![4]).toBe('colours')
    expect(Number(rows[0]![3])).toBeGreaterThan(0.5)
    expect(await seriousFaults(page)).toEqual([])
    expect(problems.filter((problem) => !problem.includes('422'))).toEqual([])
  })

  test('on a telephone nothing of the table is off the edge, and a remark has the width of the answer', async () => {
    const folder = service.place.path('a folder for a telephone')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${'a long name '.repeat(5)}.jpg`), 'nothing')
    cpSync(join(service.pictures, 'red', '1.png'), join(folder, 'red.png'))
    await using opened = await openServed(browser(), `${service.url}#folder`, { viewport: { width: 390, height: 844 } })
    const { page } = opened
    await page.locator('#folder input[type=file]').first().setInputFiles(folder)
    await page.getByText('2 pictures. 1 picture has no answer; the table says why.').first().waitFor()
    const offEdge = 'scroll.scrollWidth - scroll.clientWidth'
    expect(await page.evaluate(`{ const scroll = document.querySelector('.table .scroll'); ${offEdge} }`)).toBe(0)
    const cells = page.locator('.results tbody tr').first().locator('td, th')
    const [, , , remark, file] = await Promise.all((await cells.all()).map((cell) => cell.boundingBox()))
    expect(remark!.width).toBeGreaterThan(200)
    expect(file!.y).toBeGreaterThanOrEqual(remark!.y + remark!.height)
    expect(await seriousFaults(page)).toEqual([])
  })

  test('a whole folder can be stopped', async () => {
    await using opened = await openServed(browser(), `${service.url}#folder`)
    const { page } = opened
    let asked = 0
    await page.route('**/predict?*', (route) => (++asked <= 5 ? route.continue() : undefined))
    await page.locator('#folder input[type=file]').first().setInputFiles(service.pictures)
    await page.getByText(/^5 of 16 pictures/).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped after 5 of 16.').first().waitFor()
    expect(await page.locator('.results tbody tr').count()).toBe(5)

    // Another one without pictures ends the run, and is what is spoken of from then on.
    await page.locator('#folder input[type=file]').first().setInputFiles(service.pictures)
    await page.getByText('0 of 16 pictures', { exact: true }).waitFor()
    const empty = service.place.path('no pictures')
    mkdirSync(empty, { recursive: true })
    writeFileSync(join(empty, 'notes.txt'), 'nothing')
    const gaveUp = page.waitForEvent('requestfailed')
    await page.locator('#folder input[type=file]').first().setInputFiles(empty)
    await gaveUp
    expect(await page.locator('.working [role=status]').textContent()).toBe(
      'There are no pictures in it. 1 other file left out.',
    )
  })

  test('what is cleared is asked about no more', async () => {
    await using opened = await openServed(browser(), service.url)
    const { page } = opened
    await page.route('**/predict?*', () => {}) // which is never answered
    const asked = page.waitForRequest('**/predict?*')
    await page
      .locator('#look input[type=file]')
      .first()
      .setInputFiles(join(service.pictures, 'red', '0.png'))
    await asked
    const gaveUp = page.waitForEvent('requestfailed')
    await page.getByRole('button', { name: 'Clear all' }).click()
    expect((await gaveUp).url()).toContain('/predict?')
  })

  test('a classifier that was changed elsewhere is loaded anew, and the picture asked about once more', async () => {
    await using opened = await openServed(browser(), service.url)
    const { page } = opened
    await page.route(
      '**/models',
      async (route) => {
        const { models } = (await (await route.fetch()).json()) as { models: object[] }
        const changed = models.map((one) => ({ ...one, revision: 99, thresholds: false, rejects: false }))
        await route.fulfill({ json: { models: changed } })
      },
      { times: 1 },
    )
    await page.reload()
    await page.locator('#views').waitFor()
    const marked: boolean[] = []
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url())
      if (pathname === '/predict') marked.push(searchParams.has('thresholds'))
    })
    const ask = async (name: string) => {
      const file = join(service.pictures, 'red', name)
      await page.locator('#look input[type=file]').first().setInputFiles(file)
      await answers(page, name).first().waitFor()
    }
    await ask('0.png')
    expect(marked).toEqual([false, true])
    await ask('1.png')
    expect(marked).toHaveLength(3)
    const refusal = { status: 400, json: { detail: 'It has no thresholds.' } }
    await page.route('**/predict?*', (route) => route.fulfill(refusal), { times: 1 })
    await ask('2.png')
    expect(marked).toHaveLength(5)
  })

  test('every camera has its turn, and none is left on', async () => {
    await using opened = await openServed(browser(), service.url)
    const { page } = opened
    // Of three cameras, the second and third answer when told to.
    await page.addInitScript(`{
      const devices = navigator.mediaDevices
      const open = devices.getUserMedia.bind(devices)
      const told = new Promise((resolve) => (window.tell = resolve))
      window.asked = []
      window.given = []
      window.allGiven = new Promise((resolve) => {
        devices.getUserMedia = async ({ video }) => {
          const count = window.asked.push(video.deviceId?.exact ?? '')
          const stream = await open({ video: true })
          if (count > 1) await told
          if (window.given.push(stream) === 3) resolve()
          return stream
        }
      })
      devices.enumerateDevices = async () => ['a', 'b', 'c'].map((deviceId) => ({ kind: 'videoinput', deviceId }))
    }`)
    await page.reload()
    await page.getByRole('button', { name: 'Use the camera' }).click()
    await page.locator('.shutter:enabled').waitFor()
    await page.getByRole('button', { name: 'Other camera' }).click()
    await page.getByRole('button', { name: 'Other camera' }).click()
    await page.evaluate('tell(), allGiven')
    await page.getByRole('button', { name: 'Close' }).click()
    expect(await page.evaluate('asked')).toEqual(['', 'a', 'b'])
    const states = 'given.flatMap((stream) => stream.getTracks()).map(({ readyState }) => readyState)'
    expect(await page.evaluate(states)).toEqual(['ended', 'ended', 'ended'])
  })

  test('the link to the content leads there, in whichever view', async () => {
    await using opened = await openServed(browser(), `${service.url}#folder`)
    const { page } = opened
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter')
    await page.waitForURL('**/#main')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    expect(await page.locator('#folder').isVisible()).toBe(true)
  })

  test('one of several classifiers is chosen, and answers', async () => {
    await using opened = await openServed(browser(), service.url)
    const { page, problems } = opened
    await page.getByLabel('Classifier').selectOption('other')
    const asked = page.waitForRequest('**/predict?*')
    await page
      .locator('#look input[type=file]')
      .first()
      .setInputFiles(join(service.pictures, 'red', '0.png'))
    expect(new URL((await asked).url()).searchParams.get('model')).toBe('other')
    expect(await answers(page, '0.png').first().locator('.label').textContent()).toBe('red')
    expect(problems).toEqual([])
  })

  test('a service that is busy is asked again after the time that it names', async () => {
    await using opened = await openServed(browser(), service.url)
    const { page } = opened
    const times: number[] = []
    await page.route('**/predict?*', async (route) => {
      times.push(performance.now())
      if (times.length > 1) return route.continue()
      const headers = { 'retry-after': '1', 'content-type': 'application/problem+json' }
      return route.fulfill({ status: 503, headers, body: '{"type":"urn:nplusk:problem:overloaded"}' })
    })
    await page
      .locator('#look input[type=file]')
      .first()
      .setInputFiles(join(service.pictures, 'green', '0.png'))
    await answers(page, '0.png').first().waitFor()
    expect(times).toHaveLength(2)
    expect(times[1]! - times[0]!).toBeGreaterThan(950)
  })

  test('where nobody answers the page says so, and asks again when told to', async () => {
    await using opened = await openServed(browser(), service.url)
    const { page, context } = opened
    await context.setOffline(true)
    await page
      .locator('#look input[type=file]')
      .first()
      .setInputFiles(join(service.pictures, 'red', '0.png'))
    await page
      .locator('article')
      .getByText(/^Nobody answers\./)
      .waitFor()
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Try again' }).click()
    await answers(page, '0.png').first().waitFor()
    await page.route('**/models', (route) => route.abort())
    await page.reload()
    await page
      .locator('#notice')
      .getByText(/^Nobody answers\./)
      .waitFor()
    await page.unroute('**/models')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('#views').waitFor()
  })

  test('keys alone reach everything that is seen', async () => {
    await using opened = await openServed(browser(), service.url)
    const { page } = opened
    const reached: string[] = []
    for (let i = 0; i < 10; i++) {
      await page.keyboard.press('Tab')
      reached.push(
        (await page.evaluate('document.activeElement.innerText || document.activeElement.tagName')) as string,
      )
    }
    expect(reached.slice(0, 7)).toEqual([
      'Skip to the content',
      expect.stringContaining('bundle'),
      'Pictures',
      'Folder',
      'Choose pictures',
      'Use the camera',
      'What does it know?',
    ])
  })
})
