import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isAdded } from '../../src/bundle/manifest.js'
import type { ProgressEvent } from '../../src/core/progress.js'
import { createRandom } from '../../src/math/random.js'
import { writeRecordReport, type RecordReport } from '../../src/report/record-report.js'
import { percent } from '../../src/report/table.js'
import { describeInBrowser, openPage, seriousFaults } from '../support/browser.js'
import { jumpsOf } from './headings.js'
import { hostile, labels, madeUpRecords } from './records.js'

const drawings = resolve('fixtures/flowers')
let folder: string
let file: string
let report: RecordReport
let events: ProgressEvent[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  file = join(folder, 'report.html')
  mkdirSync(join(folder, 'photos'))
  const sources = readdirSync(drawings, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jpg'))
  const files = sources.sort().map((name, i) => {
    const copy = join(folder, 'photos', [`<b onload=x>"'&.jpg`, '1\u202egpj.exe'][i] ?? `${i}.jpg`)
    cpSync(join(drawings, name), copy)
    return copy
  })
  // A photograph that is gone by the time that the report is written.
  files.push(join(folder, 'photos', 'gone.jpg'))
  const random = createRandom('features')
  const records = madeUpRecords(files)
  report = {
    title: `Report on ${hostile}`,
    lead: 'All of it is made up.',
    records,
    isNew: isAdded,
    before: 'The base model',
    features: {
      places: [...records.keys()],
      rows: records.map(({ truth }) =>
        Array.from({ length: 8 }, (_, d) => (d === truth.index ? 5 : 0) + random.normal()),
      ),
    },
    ranks: new Map([[4, { averagePrecision: 0.75, threshold: 0.5 }]]),
    rejecting: { quantiles: { confidenceQuantiles: [0.6, 1, 1, 1, 1] }, hint: '"extend --reject 0.05" marks some.' },
    training: {
      regularisation: 3,
      losses: [
        { regularisation: 1, loss: 0.5 },
        { regularisation: 3, loss: 0.4 },
      ],
      learningCurve: [
        { images: 5, top1: 0.5, low: 0.4, high: 0.6, forecast: false },
        { images: 10, top1: 0.7, low: 0.6, high: 0.8, forecast: true },
      ],
      choices: {
        layers: [
          {
            increment: 'cards',
            taken: 'layout',
            tried: [
              { name: 'default', loss: 1 },
              { name: 'all', loss: 1.1 },
              { name: 'layout', loss: 0.8 },
            ],
          },
          { increment: 'flowers', taken: 'default', tried: [{ name: 'default', loss: 0.25 }] },
        ],
        head: {
          kind: 'mlp',
          tried: [
            { kind: 'softmax', loss: 0.5 },
            { kind: 'mlp', loss: 0.4 },
          ],
        },
      },
    },
    made: {
      model: hostile,
      base: 'tiny',
      revision: 2,
      increments: [
        { name: 'flowers', classes: 3, images: 60, head: { kind: 'mlp', layers: ['bottleneck', hostile] } },
        { name: 'cards', classes: 1, images: 9, head: { kind: 'softmax', layers: ['bottleneck'] } },
      ],
      folders: [join(folder, 'photos')],
      versions: { nplusk: '0' },
      command: `extend evaluate ${hostile}`,
    },
  }
  events = []
  await writeRecordReport(file, report, { onProgress: (event) => void events.push(event) })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the file', () => {
  test('has every photograph once, small, and a place for the one that is gone', () => {
    const page = readFileSync(file, 'utf8')
    const blocks = [
      ...page.matchAll(/<script type="application\/json" class="thumbnails">\s*(\[[^<]*\])\s*<\/script>/g),
    ]
    const thumbnails = blocks.flatMap(([, json]) => JSON.parse(json!) as (string | null)[])
    expect(thumbnails).toHaveLength(report.records.length)
    expect(thumbnails.at(-1)).toBeNull()
    for (const thumbnail of thumbnails.slice(0, -1)) {
      expect(Buffer.from(thumbnail!, 'base64').subarray(8, 12).toString()).toBe('WEBP')
    }
    // 15 MB for a thousand.
    expect(statSync(file).size).toBeLessThan(150_000 + 15_000 * report.records.length)
  })

  test('names no address but that of the format of charts', () => {
    const addresses = readFileSync(file, 'utf8').match(/https?:\/\/[^\s"'<]+/g) ?? []
    expect(addresses.filter((address) => address !== 'http://www.w3.org/2000/svg')).toEqual([])
  })

  test('has titles that go down one step at a time', () => {
    expect(jumpsOf(readFileSync(file, 'utf8'))).toEqual([])
  })

  test('shows no character that turns the direction of writing, though a name has one', () => {
    const page = readFileSync(file, 'utf8')
    expect(page).toContain('1\ufffdgpj.exe')
    expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
  })

  test('is written with progress that reaches its total', () => {
    const total = report.records.length
    expect(events.at(-1)).toEqual({ type: 'progress', stage: 'report', done: total, total, unit: 'images' })
  })

  test('is not there where writing was stopped', async () => {
    const signal = AbortSignal.abort()
    const stopped = join(folder, 'stopped.html')
    await expect(writeRecordReport(stopped, report, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(readdirSync(folder).sort()).toEqual(['photos', 'report.html'])
  })
})

describeInBrowser((browser) => {
  test.each(['light', 'dark'] as const)(
    '%s: all sections, no message, no request, no serious fault',
    async (colorScheme) => {
      const { page, problems } = await openPage(browser(), file, { colorScheme })
      const sections = await page.locator('main > section').evaluateAll((all) => all.map(({ id }) => id))
      expect(sections).toEqual(['mistakes', 'classes', 'matrix', 'sureness', 'map', 'training', 'made'])
      const links = await page.locator('nav a').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
      expect(links).toEqual(sections.map((id) => `#${id}`))
      await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`)
      expect(await seriousFaults(page)).toEqual([])
      expect(problems).toEqual([])
      await page.context().close()
    },
  )

  test('tells which layers and which kind of head were chosen, and from what', async () => {
    const { page } = await openPage(browser(), file)
    const rows = await page
      .locator('#training table')
      .evaluateAll((tables) =>
        tables
          .slice(0, 2)
          .map((one) =>
            [...one.querySelectorAll('tbody tr')].map((row) =>
              [...row.children].map((cell) => cell.textContent!.trim().replaceAll('\u00a0', ' ')),
            ),
          ),
      )
    expect(rows).toEqual([
      [
        ['cards', '1.000', '1.100', '0.800', 'the middle ones, and where in the picture things lie'],
        ['flowers', '0.250', '–', '–', 'the usual ones'],
      ],
      [
        ['softmax', '0.500', 'no'],
        ['mlp', '0.400', 'yes'],
      ],
    ])
    await page.context().close()
  })

  test('on a phone, what a threshold does is readable, and an option is not broken', async () => {
    const { page } = await openPage(browser(), file, { viewport: { width: 390, height: 844 } })
    const narrowest = await page
      .locator('.slider dd')
      .evaluateAll((all) => Math.min(...all.map((one) => one.clientWidth)))
    expect(narrowest).toBeGreaterThan(200)
    const lines = await page
      .locator('#sureness .option')
      .evaluateAll((all) => all.map((one) => one.getClientRects().length))
    expect(lines).toEqual([1])
    await page.context().close()
  })

  test('on a phone, each row of a wide table is a block that fits, and the table stays one to a screen reader', async () => {
    const { page } = await openPage(browser(), file, { viewport: { width: 390, height: 844 } })
    await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`)
    const boxes = page.locator('.scroll:has(.wide)')
    const overhang = await boxes.evaluateAll((all) => all.map((one) => one.scrollWidth - one.clientWidth))
    expect(overhang.length).toBeGreaterThan(5)
    expect(Math.max(...overhang)).toBe(0)
    const { left } = await page
      .locator('#classes td')
      .nth(0)
      .evaluate((cell) => cell.getBoundingClientRect())
    const beside = await page
      .locator('#classes td')
      .nth(1)
      .evaluate((cell) => cell.getBoundingClientRect())
    expect(beside.left).toBeGreaterThan(left + 100)
    const tree = await page.locator('#made .scroll').ariaSnapshot()
    for (const line of ['- table "What was added, in order"', '- columnheader "Head"', '- rowheader "flowers"'])
      expect(tree).toContain(line)
    expect(tree).toContain('- cell "mlp"')
    expect(await seriousFaults(page)).toEqual([])
    await page.locator('#classes thead button', { hasText: 'Found' }).click()
    expect(await page.locator('#classes th[aria-sort=descending]').isVisible()).toBe(true)
    await page.context().close()
  })

  test('names are shown as they are, and do nothing', async () => {
    const { page, problems } = await openPage(browser(), file)
    expect(await page.title()).toBe(`Report on ${hostile}`)
    expect(await page.locator('table.sortable tbody th').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining(hostile)]),
    )
    expect(await page.locator('img:not([data-photo])').count()).toBe(0)
    expect(problems).toEqual([])
    await page.context().close()
  })

  test('photographs are there, but for the one that is gone', async () => {
    const { page } = await openPage(browser(), file)
    const shown = page.locator('main img[data-photo]')
    expect(await shown.count()).toBeGreaterThan(5)
    const widths = await shown.evaluateAll((images) =>
      (images as unknown as { dataset: { photo: string }; naturalWidth: number }[]).map((image) => [
        image.dataset.photo,
        image.naturalWidth,
      ]),
    )
    const gone = String(report.records.length - 1)
    expect(widths.filter(([photo, width]) => Number(width) > 0 === (photo === gone))).toEqual([])
    await page.context().close()
  })

  test('a photograph is small and square in a row, and larger when chosen; a long title leaves the button whole', async () => {
    const { page } = await openPage(browser(), file)
    const photo = page.locator('main .strip .photo').first()
    expect(await photo.locator('img').boundingBox()).toMatchObject({ width: 96, height: 96 })
    await photo.evaluate((button) => (button.dataset.title = 'a very long title '.repeat(20)))
    await photo.click()
    const shown = page.locator('#gallery-photos img')
    const sizes = await shown.evaluate((image) => {
      const { naturalWidth, naturalHeight, width, height } = image as unknown as Record<string, number>
      return { naturalWidth, naturalHeight, width, height }
    })
    expect(Math.max(sizes.naturalWidth!, sizes.naturalHeight!)).toBeGreaterThan(96)
    expect([sizes.width, sizes.height]).toEqual([sizes.naturalWidth, sizes.naturalHeight])
    const { height, width } = (await page.locator('#gallery-close').boundingBox())!
    expect(width).toBeGreaterThan(height)
    await page.context().close()
  })

  test('a click on a title sorts: numbers from the largest, then from the least; names from A', async () => {
    const { page } = await openPage(browser(), file)
    const cells = (column: number) =>
      page
        .locator('table.sortable tbody tr')
        .evaluateAll(
          (rows, at) =>
            (rows as unknown as { cells: { dataset: { value: string } }[] }[]).map(
              (row) => row.cells[at]!.dataset.value,
            ),
          column,
        )
    const found = page.locator('table.sortable thead button', { hasText: 'Found' })
    await found.click()
    const falling = (await cells(2)).map(Number)
    expect(falling).toEqual([...falling].sort((a, b) => b - a))
    expect(await page.locator('th[aria-sort=descending]').count()).toBe(1)
    await found.focus()
    await page.keyboard.press('Enter')
    expect((await cells(2)).map(Number)).toEqual([...falling].reverse())
    await page.locator('table.sortable thead button', { hasText: 'Class' }).click()
    expect(await cells(0)).toEqual(labels.map(({ label }) => label).sort((a, b) => a.localeCompare(b)))
    await page.context().close()
  })

  test('the slider says what a threshold would do', async () => {
    const { page } = await openPage(browser(), file)
    const right = report.records.filter(({ error }) => error === null).length
    for (const threshold of [0.6, 0.85]) {
      await page.locator('#threshold').fill(String(100 * threshold))
      const kept = report.records.filter(({ answers }) => Math.round(answers[0]!.probability * 1e4) / 1e4 >= threshold)
      const keptRight = kept.filter(({ error }) => error === null).length
      const rejected = report.records.length - kept.length
      expect(await page.locator('#rejected').textContent()).toMatch(
        new RegExp(`^${rejected} of ${report.records.length} `),
      )
      expect(await page.locator('#rejected-right').textContent()).toBe(`${right - keptRight} of ${right}`)
      expect(await page.locator('#rejected-wrong').textContent()).toBe(
        `${rejected - (right - keptRight)} of ${report.records.length - right}`,
      )
      expect(await page.locator('#kept-right').textContent()).toBe(`${((100 * keptRight) / kept.length).toFixed(1)} %`)
      await page.locator('#rejected-photos').click()
      expect(await page.locator('#gallery-photos li').count()).toBe(rejected)
      await page.keyboard.press('Escape')
    }
    await page.context().close()
  })

  test('a table says what a rate of rejection would do', async () => {
    const { page } = await openPage(browser(), file)
    const rows = page.locator('table', { hasText: 'Marked as none of the classes' }).locator('tbody tr')
    const texts = await rows.evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)))
    const { records } = report
    const right = records.filter(({ error }) => error === null).length
    // The quantiles rise from 0.6 to 1 within the first quarter.
    const expected = [0.01, 0.02, 0.05, 0.1, 0.2].map((rate) => {
      const rejected = records.filter(({ answers }) => answers[0]!.probability < 0.6 + 1.6 * rate)
      const rejectedRight = rejected.filter(({ error }) => error === null).length
      return [
        percent(rate),
        expect.stringMatching(new RegExp(`^${rejected.length} of ${records.length} `)),
        `${rejected.length - rejectedRight} of ${records.length - right}`,
        `${rejectedRight} of ${right}`,
      ]
    })
    expect(texts).toEqual(expected)
    await page.context().close()
  })

  test('the matrix shows its photographs when pointed at, by keyboard and by click', async () => {
    const { page } = await openPage(browser(), file)
    const cell = page.locator('.matrix td.correct button').first()
    const count = Number(await cell.textContent())
    await cell.hover()
    await page.locator('#preview').waitFor()
    expect(await page.locator('#preview img').count()).toBe(Math.min(6, count))
    await page.mouse.move(0, 0)
    await page.locator('#preview').waitFor({ state: 'hidden' })
    await cell.focus()
    await page.locator('#preview').waitFor()
    await page.keyboard.press('Enter')
    expect(await page.locator('#gallery-photos li').count()).toBe(count)
    expect(await page.locator('#gallery-title').textContent()).toContain(`rightly: ${count} of`)
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await page.locator('#gallery').isVisible()).toBe(false)
    await cell.click()
    expect(await page.locator('#gallery').isVisible()).toBe(true)
    await page.locator('#gallery-close').click()
    expect(await page.locator('#gallery').isVisible()).toBe(false)
    await page.context().close()
  })

  test('the map shows a photograph when pointed at, and goes from one to the next by keyboard', async () => {
    const { page } = await openPage(browser(), file)
    const points = page.locator('svg.map circle')
    expect(await points.count()).toBe(report.records.length)
    // Another point may lie over it.
    await points.nth(report.records.length - 2).hover({ force: true })
    await page.locator('#preview img').waitFor()
    await page.locator('svg.map').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('circle.chosen').count()).toBe(1)
    const caption = await page.locator('circle.chosen').getAttribute('data-title')
    expect(await page.locator('[aria-live]#spoken').textContent()).toBe(caption)
    await page.keyboard.press('Enter')
    expect(await page.locator('#gallery-photos li').textContent()).toBe(caption)
    await page.context().close()
  })

  test('a map of dots without photographs leaves the arrow keys alone', async () => {
    const bare = join(folder, 'bare.html')
    writeFileSync(bare, readFileSync(file, 'utf8').replace(/(<circle [^>]*)data-photos="[^"]*"/g, '$1'))
    const { page, problems } = await openPage(browser(), bare)
    await page.locator('svg.map').focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('#preview').isVisible()).toBe(false)
    expect(await page.locator('svg.map circle').count()).toBe(report.records.length)
    expect(problems).toEqual([])
    await page.context().close()
    rmSync(bare)
  })

  test('fits a phone, and paper', async () => {
    const phone = await openPage(browser(), file, { viewport: { width: 390, height: 844 } })
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    const paper = await openPage(browser(), file, { viewport: { width: 794, height: 1123 } })
    await paper.page.emulateMedia({ media: 'print' })
    expect(await paper.page.evaluate('document.documentElement.scrollWidth')).toBe(794)
    expect(await paper.page.locator('.slider').isVisible()).toBe(false)
    await phone.page.context().close()
    await paper.page.context().close()
  })
})
