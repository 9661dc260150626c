import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Advice } from '../../../src/advice/advice.js'
import { writeAdviceReport } from '../../../src/report/advice/advice-report.js'
import { describeInBrowser, openPage, seriousFaults } from '../../support/browser.js'
import { jumpsOf } from '../headings.js'
import { hostile } from '../records.js'
import { madeUpAdvice } from './made-up.js'

const drawings = resolve('fixtures/flowers')
let folder: string
let file: string
let bare: string
let advice: Advice

const ids = [
  'expected',
  'classes',
  'wrong-folder',
  'outliers',
  'duplicates',
  'similar',
  'overlap',
  'giveaways',
  'shift',
  'test',
  'unreadable',
  'made',
]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  file = join(folder, 'advice.html')
  bare = join(folder, 'bare.html')
  const sources = readdirSync(drawings, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg'))
  const copy = (part: string, from: number, to: number) => {
    mkdirSync(join(folder, part))
    return sources
      .sort()
      .slice(from, to)
      .map((name, i) => {
        const path = join(folder, part, i === 0 ? `<b onload=x>"'&.jpg` : `${i}.jpg`)
        cpSync(join(drawings, name), path)
        return path
      })
  }
  const learned = join(folder, 'learned')
  const met = join(folder, 'met')
  advice = madeUpAdvice(learned, copy('learned', 0, 12), copy('met', 12, 18))
  const made = {
    model: hostile,
    base: 'tiny',
    increments: [],
    folders: [learned, met],
    versions: { nplusk: '0' },
    command: `extend advise ${hostile}`,
  }
  const sentence = ({ message, remedy }: Advice['advice'][number]) => (remedy ? `${message} Type this.` : message)
  await writeAdviceReport(file, { advice, made, sentence }, {})
  const nothing: Advice = {
    ...advice,
    classes: advice.classes.slice(0, 1),
    images: { given: 1, used: 1, unreadable: 0, duplicate: 0 },
    judged: { giveaways: 0, labels: 0, outliers: 0 },
    unreadable: [],
    passedOver: [],
    duplicates: [],
    mislabelled: [],
    outliers: [],
    similar: [],
    overlap: [],
    giveaways: [],
    shift: null,
    test: null,
    expected: null,
    learningCurve: [],
    case: null,
    advice: [],
  }
  await writeAdviceReport(bare, { advice: nothing, made }, {})
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the file names no address but that of the format of charts', () => {
  const addresses = readFileSync(file, 'utf8').match(/https?:\/\/[^\s"'<]+/g) ?? []
  expect(addresses.filter((address) => address !== 'http://www.w3.org/2000/svg')).toEqual([])
})

test('copies within the test alone are said to be there', () => {
  const [section] = /<section id="duplicates"[^]*?<\/section>/.exec(readFileSync(file, 'utf8'))!
  const titles = [...section.matchAll(/<h3>([^<]*test[^<]*)<\/h3>/g)].map(([, title]) => title)
  expect(titles).toEqual([
    'Alike in rose, in training and test photographs',
    'Equal files among the test photographs',
    'Alike among the test photographs of tulip',
  ])
})

test('titles go down one step at a time', () => {
  expect([file, bare].map((path) => jumpsOf(readFileSync(path, 'utf8')))).toEqual([[], []])
})

test('one photograph of one class is spoken of as one', () => {
  expect(readFileSync(bare, 'utf8').replace(/\s+/g, ' ')).toContain('<p> 1 photograph of 1 class was looked at')
})

test('where nothing can be expected, it may be for few photographs or for many classes', () => {
  expect(readFileSync(bare, 'utf8').replace(/\s+/g, ' ')).toContain('of each class, or too many classes, to leave')
})

test('without a verdict on folders there is no figure of it', () => {
  const title = /Probably in the wrong folder<strong>/
  expect(readFileSync(file, 'utf8')).toMatch(title)
  expect(readFileSync(bare, 'utf8')).not.toMatch(title)
})

describeInBrowser((browser) => {
  test.each(['light', 'dark'] as const)(
    '%s: all sections, no message, no request, no serious fault',
    async (colorScheme) => {
      for (const [path, expected] of [
        [file, ids],
        [bare, ids.filter((id) => id !== 'test')],
      ] as const) {
        const { page, problems } = await openPage(browser(), path, { colorScheme })
        const sections = await page.locator('main > section').evaluateAll((all) => all.map(({ id }) => id))
        expect(sections).toEqual(expected)
        await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`)
        expect(await seriousFaults(page)).toEqual([])
        expect(problems).toEqual([])
        await page.context().close()
      }
    },
  )

  test('on top, the figures and the steps in words, with what they bring and their photographs', async () => {
    const { page } = await openPage(browser(), file)
    expect(await page.locator('.figures strong').allTextContents()).toEqual(['87\u00a0%', '57', '3', '+3.0'])
    expect(await page.locator('.figures').textContent()).toContain('90.0\u00a0% instead of 87.0\u00a0%')
    const steps = (await page.locator('.findings li').allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim())
    expect(steps).toEqual([
      'Look at these. (+2.1 points, measured on photographs left out) Here they are',
      `Take more of ${hostile}. (+3.0 points, by the learning curve)`,
      'Learn them. Type this.',
    ])
    await page.locator('.findings button').click()
    expect(await page.locator('#gallery-photos li').count()).toBe(3)
    expect(await page.locator('#gallery-photos li').first().textContent()).toBe(
      `<b onload=x>"'&.jpg, looks rather like tulip (100\u00a0%)`,
    )
    await page.context().close()
  })

  test('suspects come in order, each with its folder and what it looks like', async () => {
    const { page } = await openPage(browser(), file)
    const notes = await page.locator('#wrong-folder .strip').first().locator('.photo span').allTextContents()
    expect(notes.map((note) => note.replace(/\s/g, ' '))).toEqual([
      'in rose, looks like tulip (100 %)',
      `in tulip, looks like ${hostile} (92 %)`,
      `in ${hostile}, looks like rose (83 %)`,
    ])
    const typical = await page.locator('#wrong-folder .strip').last().locator('.photo span').allTextContents()
    expect(typical).toEqual(['rose', 'tulip', hostile])
    await page.context().close()
  })

  test('copies stand side by side, and test photographs are named as such', async () => {
    const { page } = await openPage(browser(), file)
    const groups = page.locator('#duplicates .groups > div')
    expect(await groups.locator('h3').allTextContents()).toEqual([
      'Alike in rose, in training and test photographs',
      `Equal files in tulip and ${hostile}`,
      'Alike in rose',
      'Equal files among the test photographs',
      'Alike among the test photographs of tulip',
    ])
    const notes = await groups.first().locator('.photo span').allTextContents()
    expect(notes).toEqual([`<b onload=x>"'&.jpg`, `test: <b onload=x>"'&.jpg`])
    await page.context().close()
  })

  test('every photograph that is shown is there', async () => {
    const { page } = await openPage(browser(), file)
    const widths = await page
      .locator('main img[data-photo]')
      .evaluateAll((images) => (images as unknown as { naturalWidth: number }[]).map((image) => image.naturalWidth))
    expect(widths.length).toBeGreaterThan(20)
    expect(widths.filter((width) => width === 0)).toEqual([])
    await page.context().close()
  })

  test('the table of classes sorts by keyboard', async () => {
    const { page } = await openPage(browser(), file)
    const title = page.locator('#classes thead button', { hasText: 'Photographs' })
    const counts = () => page.locator('#classes tbody td:nth-child(2)').allTextContents()
    await title.focus()
    await page.keyboard.press('Enter')
    expect(await counts()).toEqual(['20', '19', '18'])
    await page.keyboard.press('Enter')
    expect(await counts()).toEqual(['18', '19', '20'])
    await page.context().close()
  })

  test('behind every chart there is a table of the same figures', async () => {
    const { page } = await openPage(browser(), file)
    for (const id of ['expected', 'shift', 'classes']) {
      expect(await page.locator(`#${id} figure.chart svg[role=img][aria-label]`).count()).toBe(1)
      expect(await page.locator(`#${id} table`).count()).toBe(1)
    }
    const shift = await page.locator('#shift tbody th').allTextContents()
    expect(shift).toEqual(['photographs', 'these photographs', 'drawings'])
    await page.context().close()
  })

  test('fits a phone, and paper', async () => {
    const { page } = await openPage(browser(), file, { viewport: { width: 360, height: 700 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    const paper = await page.pdf({ format: 'A4' })
    expect(Buffer.from(paper).subarray(0, 5).toString()).toBe('%PDF-')
    await page.context().close()
  })
})
