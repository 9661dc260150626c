import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { describeInBrowser } from '../support/browser.js'
import { openPageService, openServed, token, type PageService } from './page-service.js'
import { allSent, classesOf, drawn, fill, lessonOf, ofLesson, teachButton } from './teach-page.js'

let service: PageService

beforeAll(async () => {
  service = await openPageService()
})

afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
})

/** What waits until it is opened. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

async function removePicture(page: Page, name: string): Promise<void> {
  const item = page.locator('.class .strip li', { has: page.getByRole('button', { name: `Remove ${name}` }) }).first()
  await item.hover()
  await item.getByRole('button').click()
}

/** When the teaching of a lesson has ended. */
async function hasEnded(lesson: string): Promise<void> {
  await (await ofLesson(service, `${lesson}/events`)).text()
}

const taught = (page: Page, name: string) =>
  page.getByRole('heading', { name: `It now knows “${name}”`, exact: true }).waitFor()
const trouble = (page: Page) => page.locator('.class .notice.bad:visible').count()

describeInBrowser((browser) => {
  const open = () => openServed(browser(), `${service.url}#token=${token}`)

  test('a picture that is removed while it is sent holds up nothing, and is not taught', async () => {
    await using opened = await open()
    const { page } = opened
    const { opened: answered, open: answer } = gate()
    let sent = 0
    await page.route(/\/images\?/, async (route) => {
      if (++sent === 1) await answered
      await route.continue()
    })
    await fill(page, 0, 'plum', (await drawn(service, 'held')).blue)
    await removePicture(page, '0.png')
    await allSent(page)
    await teachButton(page).click()
    expect(await page.evaluate('1 + 1')).toBe(2)
    answer()
    await taught(page, 'plum')
    const [first] = await page.locator('.figures li').allTextContents()
    expect(first).toMatch('of the new pictures get the right answer 7 pictures tried')
  })

  test('a name that is refused, a moment offline and a removal that fails change nothing of what is taught', async () => {
    await using opened = await open()
    const { page } = opened
    const { blue, grey } = await drawn(service, 'sloes')
    const name = page.getByLabel('What is it?')
    const choose = (files: string | string[]) => page.locator('.class input[type=file]').first().setInputFiles(files)
    await name.fill('sloe/1')
    await choose(blue)
    await page.getByText(/^Left out: “0\.png”/).waitFor()
    await name.fill('sloe')
    await page.getByText(/^8 pictures/).waitFor()
    await allSent(page)
    expect(await trouble(page)).toBe(0)

    let tried = 0
    await page.route(/\/images\?/, (route) => (++tried === 1 ? route.abort('internetdisconnected') : route.continue()))
    await choose(grey[0]!)
    await page.getByText(/^9 pictures/).waitFor()
    await allSent(page)
    expect(await trouble(page)).toBe(0)

    await page.route(/\/images\/p\d+$/, (route) => route.fulfill({ status: 500, json: { detail: 'It failed.' } }))
    await removePicture(page, '7.png')
    await page.getByText(/^8 pictures/).waitFor()
    await teachButton(page).click()
    await page.getByText('The service does not have “7.png” as it is shown here. It failed.').first().waitFor()
    await page.unroute(/\/images\/p\d+$/)
    await teachButton(page).click()
    await taught(page, 'sloe')
    const [first] = await page.locator('.figures li').allTextContents()
    expect(first).toMatch(/8 pictures tried$/)
  })

  test('a lesson that is stopped keeps its pictures; one that was taught meanwhile shows what came of it', async () => {
    await using opened = await open()
    const { page } = opened
    await fill(page, 0, 'fig', (await drawn(service, 'figs')).blue)
    await allSent(page)
    // Now only the service has the pictures.
    await page.reload()
    await page.getByText(/^8 pictures/).waitFor()
    const stop = page.getByRole('button', { name: 'Stop', exact: true })
    await teachButton(page).click()
    await stop.click()
    await page.getByText('Stopped: nothing has changed. Your pictures are still here.').first().waitFor()
    await page.getByText(/^8 pictures/).waitFor()

    const lesson = (await lessonOf(page))!
    const { opened: pressed, open: press } = gate()
    await page.route('**/events', async (route) => {
      await pressed
      await route.continue()
    })
    await page.route('**/stop', async (route) => {
      await hasEnded(lesson)
      await route.continue()
      press()
    })
    await teachButton(page).click()
    await stop.click()
    await taught(page, 'fig')
  })

  test('what came of a lesson is shown though answers were lost; one that is forgotten can be kept', async () => {
    await using opened = await open()
    const { page } = opened
    await fill(page, 0, 'nut', (await drawn(service, 'nuts')).blue)
    await page.route('**/teach', async (route) => {
      await route.fetch()
      await route.fulfill({ status: 409, json: { detail: 'The lesson is being taught; its pictures stay.' } })
    })
    let streams = 0
    await page.route('**/events', (route) =>
      ++streams === 1 ? route.fulfill({ contentType: 'text/event-stream', body: ': connected\n\n' }) : route.continue(),
    )
    const remark = { code: 'SMALL', message: 'They are few.', remedy: 'give more pictures' }
    await page.route('**/result', async (route) => {
      const result = (await (await route.fetch()).json()) as object
      await route.fulfill({ json: { ...result, warnings: [remark] } })
    })
    await page.route('**/advice', (route) =>
      route.fulfill({ json: { advice: { advice: [{ kind: 'case', files: [], ...remark }], expected: null } } }),
    )
    await page.getByRole('button', { name: 'Check the pictures' }).click()
    await page.locator('.advice').getByText('They are few; give more pictures.').waitFor()
    await teachButton(page).click()
    await taught(page, 'nut')
    expect(streams).toBe(2)
    await page.locator('.remarks').getByText('They are few; give more pictures.').waitFor()

    expect((await ofLesson(service, (await lessonOf(page))!, 'DELETE')).status).toBe(204)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('“Earlier lessons” below has the way back.').first().waitFor()
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page
      .getByText(/^Kept\./)
      .first()
      .waitFor()
  })

  test('a new token, in a link that is pasted, goes on with the lesson', async () => {
    await using opened = await open()
    const { page } = opened
    await fill(page, 0, 'oak', (await drawn(service, 'oaks')).blue)
    await allSent(page)
    const lesson = (await lessonOf(page))!
    await page.evaluate(`location.hash = '#token=wrong'`)
    await page.getByText('This is not the token.').waitFor()
    expect((await ofLesson(service, lesson, 'DELETE')).status).toBe(204)
    await page.evaluate(`location.hash = '#token=${token}'`)
    await page.getByText(/^8 pictures/).waitFor()
    await allSent(page)
    expect(page.url()).toBe(`${service.url}#teach`)
    expect(await classesOf(service, (await lessonOf(page))!)).toEqual([['oak', 8]])
  })

  test('each of two classifiers has its own lesson, also while one of them is taught', async () => {
    await using opened = await open()
    const { page } = opened
    const { blue, grey } = await drawn(service, 'trees')
    const choose = (model: string) => page.getByLabel('Classifier').selectOption(model)
    const shows = (name: string) => page.locator(`.class input[value="${name}"]`).waitFor()
    await fill(page, 0, 'elm', blue)
    await choose('other')
    await page.locator('.class .strip li').first().waitFor({ state: 'detached' })
    await fill(page, 0, 'yew', grey)
    await choose('bundle')
    await shows('elm')
    await page.getByText(/^8 pictures/).waitFor()
    await allSent(page)

    const lesson = (await lessonOf(page))!
    const { opened: ended, open: end } = gate()
    await page.route('**/events', async (route) => {
      await ended
      await route.continue().catch(() => undefined)
    })
    await teachButton(page).click()
    await page.getByRole('heading', { name: 'Teaching', exact: true }).waitFor()
    await choose('other')
    await shows('yew')
    await hasEnded(lesson)
    end()
    await choose('bundle')
    await taught(page, 'elm')
    await choose('other')
    await shows('yew')
    expect(await page.locator('.result').count()).toBe(0)
    expect(await lessonOf(page)).toBe(lesson)
    expect(await classesOf(service, (await lessonOf(page, 'other'))!)).toEqual([['yew', 8]])
  })
})
