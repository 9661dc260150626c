import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { openSession } from '../../src/runtime/session.js'
import { describeInBrowser, seriousFaults } from '../support/browser.js'
import { openPageService, openServed, token, type PageService } from './page-service.js'
import { allSent, classesOf, drawn, fill, lessonOf, ofLesson, teachButton } from './teach-page.js'

let service: PageService

beforeAll(async () => {
  service = await openPageService()
})

afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
})

const knows = (page: Page, text: string) => page.locator('#knows', { hasText: text }).waitFor()

/** Asks about a picture in the other view, and gives the best answer. */
async function answerTo(page: Page, file: string): Promise<string | null> {
  await page.getByRole('link', { name: 'Pictures' }).click()
  await page.locator('#look input[type=file]').first().setInputFiles(file)
  const label = page.locator('#answers .label').first()
  await label.waitFor()
  const answer = await label.textContent()
  await page.getByRole('button', { name: 'Clear all' }).click()
  await page.getByRole('link', { name: 'Teach' }).click()
  return answer
}

describeInBrowser((browser) => {
  test('a wrong token is refused; the right one is asked for once, and kept for this tab alone', async () => {
    await using opened = await openServed(browser(), `${service.url}#teach`)
    const { page, context } = opened
    await page.getByLabel('Token').fill('wrong')
    await page.getByRole('button', { name: 'Unlock' }).click()
    await page.getByText('This is not the token.').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByLabel('Token').fill(token)
    await page.getByLabel('Token').press('Enter')
    await page.getByLabel('What is it?').waitFor()
    await page.reload()
    await page.getByLabel('What is it?').waitFor()
    expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie')).toBe('{}')
    const other = await context.newPage()
    await other.goto(`${service.url}#teach`)
    await other.getByLabel('Token').waitFor()
  })

  test.each([
    ['light', 1100],
    ['dark', 390],
  ] as const)(
    '%s, %d wide: classes are taught and undone, then taught again and kept, without a message or a serious fault',
    async (colorScheme, width) => {
      const { blue, grey } = await drawn(service, `new ${width}`)
      const options = { colorScheme, viewport: { width, height: 844 } }
      await using opened = await openServed(browser(), `${service.url}#token=${token}`, options)
      const { page, problems } = opened
      expect(page.url()).toBe(`${service.url}#teach`)
      const fits = async () => expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      await page.getByLabel('What is it?').waitFor()
      expect(await teachButton(page).isEnabled()).toBe(false)
      const names = [`blue ${width}`, `grey ${width}`]
      await fill(page, 0, names[0]!, blue)
      const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('nothing') }
      await page.locator('.class input[type=file]').first().setInputFiles(notes)
      await page.getByText('Left out: “notes.txt”. This file is not a picture that can be read.').waitFor()
      expect(await page.locator('footer').textContent()).toMatch(/keep the lesson, or leave it alone for two hours/)
      await page.getByRole('button', { name: 'Add another thing' }).click()
      await fill(page, 1, names[1]!, grey)
      await page.locator('.class').nth(1).locator('.strip li').first().hover()
      await page.locator('.class').nth(1).getByRole('button', { name: 'Remove 0.png' }).click()
      await page
        .locator('.class')
        .nth(1)
        .getByText(/^7 pictures/)
        .waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await fits()

      const before = Number(/^It knows (\d+)/.exec((await page.locator('#knows').textContent())!)![1])
      await teachButton(page).click()
      await page.getByRole('heading', { name: `It now knows “${names[0]}” and “${names[1]}”` }).waitFor()
      await knows(page, `It knows ${before + 2} things`)
      const figures = await page.locator('.figures li').allTextContents()
      expect(figures).toHaveLength(4)
      // What was taught before is not counted with what is new.
      expect(figures[0]).toMatch(`of the new pictures get the right answer ${blue.length + 7} pictures tried`)
      expect(figures[1]).toContain('of pictures of earlier lessons')
      const ofGrey = page.locator('.result .bars li', { hasText: names[1]! })
      expect(await ofGrey.locator('.share').textContent()).toMatch(/^\d of 7 right$/)
      expect(await seriousFaults(page)).toEqual([])
      await fits()
      expect(await answerTo(page, blue[0]!)).toBe(names[0])

      await page.getByRole('button', { name: 'Undo' }).click()
      await page.getByText('Undone: it answers as it did before.').first().waitFor()
      await knows(page, `It knows ${before} things`)
      expect(await answerTo(page, blue[0]!)).not.toBe(names[0])
      expect(await page.locator('.class .notice.bad:visible').count()).toBe(0)

      expect(problems).toEqual([])
      if (width === 390) return

      // The pictures are still there, those of a class under another name too.
      await page.locator('.class').nth(1).getByLabel('What is it?').fill(`ash ${width}`)
      await teachButton(page).click()
      await page.getByRole('heading', { name: `It now knows “ash ${width}” and “${names[0]}”` }).waitFor()
      expect(await lessonOf(page)).not.toBeNull()
      await page.getByRole('button', { name: 'Keep it' }).click()
      await page
        .getByText(/^Kept\./)
        .first()
        .waitFor()
      expect(await lessonOf(page)).toBeNull()
      expect(await page.locator('.class').count()).toBe(1)
      expect(await answerTo(page, grey[1]!)).toBe(`ash ${width}`)
      expect(problems).toEqual([])
    },
  )

  test('a lesson outlives a reload of the page, and pictures can be recorded and checked', async () => {
    await using opened = await openServed(browser(), `${service.url}#token=${token}`)
    const { page, problems } = opened
    await fill(page, 0, 'sky', (await drawn(service, 'sky')).blue)
    await page.getByRole('button', { name: 'Add another thing' }).click()
    const second = page.locator('.class').nth(1)
    await second.getByLabel('What is it?').fill('pie')
    await second.getByRole('button', { name: 'Use the camera' }).click()
    await second.locator('.shutter:enabled').waitFor()
    await second.locator('.shutter').dispatchEvent('pointerdown', { pointerId: 1 })
    await second.locator('.strip li').nth(4).waitFor()
    await second.locator('.shutter').dispatchEvent('pointerup', { pointerId: 1 })
    await second.getByRole('button', { name: 'Close' }).click()
    const recorded = await second.locator('.strip li').count()
    await allSent(page)
    await page.reload()
    await second.getByText(new RegExp(`^${recorded} pictures`)).waitFor()
    expect(await second.getByLabel('What is it?').inputValue()).toBe('pie')
    // Those that only the service has are fetched from it.
    await page.locator('.class img[src^="blob:"]').first().waitFor()
    expect(await page.locator('.class .photo svg').count()).toBe(0)
    const check = page.getByRole('button', { name: 'Check the pictures' })
    await page.route('**/advice', () => {}) // which is never answered
    const gaveUp = page.waitForEvent('requestfailed')
    await check.click()
    await page.getByText('You can teach when the check is done, or stopped.').waitFor()
    expect(await teachButton(page).isEnabled()).toBe(false)
    await page.getByRole('button', { name: 'Stop the check' }).click()
    expect((await gaveUp).url()).toMatch(/advice$/)
    await check.waitFor()
    expect(await teachButton(page).isEnabled()).toBe(true)
    expect(await page.locator('.advice-place').textContent()).toBe('')
    await page.unroute('**/advice')
    await check.click()
    await page.locator('.advice .steps li').first().waitFor()
    await page.getByText('Of other pictures of all that it was taught, now and before, it is likely').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    expect(problems).toEqual([])
  })

  test('a lesson can be taught at once when its check is stopped, though the service ends that a little later', async () => {
    await using opened = await openServed(browser(), `${service.url}#token=${token}`)
    const { page } = opened
    await fill(page, 0, 'sea', (await drawn(service, 'sea')).blue)
    await page.route('**/advice', () => {}) // which is never answered
    await page.getByRole('button', { name: 'Check the pictures' }).click()
    await page.getByRole('button', { name: 'Stop the check' }).click()
    let asked = 0
    await page.route('**/teach', (route) =>
      ++asked <= 2 ? route.fulfill({ status: 409, json: { detail: 'The check goes on.' } }) : route.continue(),
    )
    await teachButton(page).click()
    await page.getByRole('heading', { name: 'It now knows “sea”' }).waitFor()
    expect(asked).toBe(3)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Undone: it answers as it did before.').first().waitFor()
  })

  test('a lesson that the service has forgotten is sent again', async () => {
    const { blue, grey } = await drawn(service, 'forgotten')
    await using opened = await openServed(browser(), `${service.url}#token=${token}`)
    const { page } = opened
    await fill(page, 0, 'ink', blue)
    await allSent(page)
    const lesson = (await lessonOf(page))!
    expect((await ofLesson(service, lesson, 'DELETE')).status).toBe(204)
    await page.locator('.class input[type=file]').first().setInputFiles(grey[0]!)
    await page.getByText(/^9 pictures/).waitFor()
    await allSent(page)
    const again = (await lessonOf(page))!
    expect(await classesOf(service, again)).toEqual([['ink', 9]])
    // After a reload only the service has them.
    await page.reload()
    await page.getByText(/^9 pictures/).waitFor()
    expect((await ofLesson(service, again, 'DELETE')).status).toBe(204)
    await teachButton(page).click()
    await page.getByText('9 pictures cannot be sent again').first().waitFor()
  })

  test('an earlier state comes back, and what is known is taken along as a file', async () => {
    await using opened = await openServed(browser(), `${service.url}#token=${token}`)
    const { page, problems } = opened
    await page.getByText('Earlier lessons').click()
    const earlier = page.locator('.history li', { hasText: 'Go back to this' }).last()
    const total = Number(/knows (\d+) things/.exec((await earlier.textContent())!)![1])
    await earlier.getByRole('button').click()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Cancel' }).click()
    await earlier.getByRole('button').click()
    await page.getByRole('button', { name: 'Go back', exact: true }).click()
    await page.getByText('Done: it answers as it did then.').first().waitFor()
    await knows(page, `It knows ${total} things`)
    await page.getByText('Take it with you').click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'As a model for programs (ONNX)' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('bundle.onnx')
    const session = await openSession(await download.path())
    const pixels = { dims: [1, 8, 8, 3], data: new Uint8Array(8 * 8 * 3) }
    expect((await session.run({ image: pixels }, ['logits'])).logits!.dims).toEqual([1, total])
    await session.close()
    expect(problems).toEqual([])
  })
})
