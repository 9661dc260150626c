import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TwoAnswers } from '../../src/evaluation/answer-changes.js'
import { writeDiffReport, type DiffReport } from '../../src/report/diff-report.js'
import { describeInBrowser, openPage, seriousFaults } from '../support/browser.js'
import { jumpsOf } from './headings.js'
import { hostile } from './records.js'

const drawings = resolve('fixtures/flowers/poppy')
let folder: string
let file: string
let report: DiffReport

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  file = join(folder, 'diff.html')
  const files = readdirSync(drawings).sort().slice(0, 8)
  const images = files.map((name, i): TwoAnswers => {
    const copy = join(folder, i === 0 ? `<b onload=x>"'&.jpg` : name)
    cpSync(join(drawings, name), copy)
    return {
      file: copy,
      folder: i === 0 ? hostile : 'poppy',
      before: { label: i === 0 ? hostile : 'rose', probability: 0.5, right: false },
      after: { label: 'poppy', probability: 0.9, right: true },
    }
  })
  report = {
    names: [`one ${hostile}`, 'another'],
    answers: {
      count: 20,
      changed: { better: images.slice(0, 6), worse: [], other: images.slice(6) },
      both: { count: 16, before: 0.5, after: 0.875, pValue: 0.03125 },
      beforeOnly: null,
      afterOnly: { count: 4, top1: 0.5 },
    },
    changes: {
      added: [{ label: hostile, images: 7 }],
      removed: [],
      grown: [{ label: 'poppy', before: 3, images: 9 }],
      shrunk: [],
      renamed: [{ from: 'old', to: hostile }],
      increments: { added: [], removed: [], renamed: [] },
    },
    perClass: [
      { label: 'poppy', before: { count: 3, top1: 0.5 }, after: { count: 9, top1: 0.75 } },
      { label: 'aster', before: { count: 3, top1: 1 }, after: { count: 3, top1: 0.9 } },
    ],
    made: {
      model: hostile,
      base: 'tiny',
      increments: [],
      folders: [folder],
      versions: { nplusk: '0' },
      command: hostile,
    },
  }
  await writeDiffReport(file, report, {})
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('names from outside are text and nothing else', () => {
  const page = readFileSync(file, 'utf8')
  expect(page).not.toContain(hostile)
  expect(page.match(/<script(?! type="application\/json")/g)).toHaveLength(1)
})

test('titles go down one step at a time', () => {
  expect(jumpsOf(readFileSync(file, 'utf8'))).toEqual([])
})

test('one photograph is spoken of as one', async () => {
  const single = join(folder, 'single.html')
  const changed = { better: report.answers.changed.better.slice(0, 1), worse: [], other: [] }
  await writeDiffReport(single, { ...report, answers: { ...report.answers, count: 1, changed } }, {})
  const text = readFileSync(single, 'utf8').replace(/\s+/g, ' ')
  for (const words of ['1 photograph was shown', 'of 1 photograph<', 'that was wrong before', 'that were right before'])
    expect(text).toContain(words)
})

describeInBrowser((browser) => {
  test.each(['light', 'dark'] as const)(
    '%s: figures, photographs and tables, no message, no request, no serious fault',
    async (colorScheme) => {
      const { page, problems } = await openPage(browser(), file, { colorScheme })
      const figures = await page.locator('ul.figures li strong').allTextContents()
      expect(figures.map((text) => text.replace('\u00a0', ' '))).toEqual(['12', '6', '0', '2', '50 %', '88 %', '50 %'])
      const rows = page.locator('ul.figures')
      const inFirst = await rows.first().locator('li').count()
      expect([await rows.count(), inFirst]).toEqual([2, 4])
      const tops = await rows
        .first()
        .locator('li')
        .evaluateAll((cards) => cards.map((card) => card.offsetTop))
      expect(new Set(tops).size).toBe(1)
      expect(await rows.last().textContent()).toMatch(/^\s*Before[^]*Now/)
      // Two of 2^5 ways of six changes that are all for the better, on either side: 2 / 64.
      expect(await page.locator('header').first().textContent()).toContain('3\u00a0%')
      expect(await page.locator('#better .strip img[data-photo]').count()).toBe(6)
      expect(await page.locator('#worse').textContent()).toContain('There are none.')
      await page.locator('#better .strip button').last().click()
      expect(await page.locator('#gallery').isVisible()).toBe(true)
      await page.keyboard.press('Escape')
      const figuresTable = page.locator('#classes table').last()
      const names = figuresTable.locator('tbody th')
      expect(await names.allTextContents()).toEqual(['poppy', 'aster'])
      await figuresTable.getByRole('button', { name: 'Class' }).click()
      expect(await names.allTextContents()).toEqual(['aster', 'poppy'])
      expect(await seriousFaults(page)).toEqual([])
      expect(problems).toEqual([])
      await page.context().close()
    },
  )
})
