import { expect, test } from '@jest/globals'
import type { Advice } from '../../../src/advice/advice.js'
import { classesSection } from '../../../src/report/advice/classes.js'
import { similarSection } from '../../../src/report/advice/classes-alike.js'
import { advicePage, type AdvicePage } from '../../../src/report/advice/context.js'
import { giveawaysSection } from '../../../src/report/advice/giveaways.js'
import { headline } from '../../../src/report/advice/headline.js'
import { outlierSection, wrongFolderSection } from '../../../src/report/advice/suspects.js'
import { testSection } from '../../../src/report/advice/test-images.js'
import { html, type Markup } from '../../../src/report/html.js'
import { names } from '../records.js'
import { madeUpAdvice } from './made-up.js'

const found = madeUpAdvice('folder', names(6), names(2))
const unlikely = <Item extends { readonly likely: boolean }>(items: readonly Item[]) =>
  items.map((item) => ({ ...item, likely: false }))
/** The same where nothing was found. */
const clean: Advice = {
  ...found,
  mislabelled: unlikely(found.mislabelled),
  outliers: unlikely(found.outliers),
  similar: [],
  giveaways: [],
}
const sections: Readonly<Record<keyof Advice['judged'], readonly ((page: AdvicePage) => Markup)[]>> = {
  giveaways: [giveawaysSection],
  labels: [wrongFolderSection, similarSection],
  outliers: [outlierSection],
}
const cases = (['giveaways', 'labels', 'outliers'] as const).flatMap((of) =>
  sections[of].map((section) => ({ of, section })),
)

function said(section: (page: AdvicePage) => Markup, advice: Advice): string {
  const page = advicePage(advice, undefined, () => html``)
  return section(page)
    .text.replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}

test.each(cases)('$section.name says that nothing was found only where something was looked at', ({ of, section }) => {
  const judging = (classes: number) => said(section, { ...clean, judged: { ...clean.judged, [of]: classes } })
  const nothing = /Nothing was found|stands out|No two classes/
  expect(judging(3)).toMatch(nothing)
  expect(judging(3)).not.toMatch(/not judged/)
  expect(judging(2)).toMatch(nothing)
  expect(judging(2)).toMatch(/1 of 3 classes was not judged: that takes .*\d (different )?photographs of /)
  expect(judging(1)).toMatch(/2 of 3 classes were not judged: that takes /)
  expect(judging(0)).not.toMatch(nothing)
  expect(judging(0)).toMatch(/No class could be judged: that takes /)
})

test('a photograph that was not judged is not in a ranking', () => {
  const mislabelled = clean.mislabelled.map((one, i) => ({ ...one, score: i === 0 ? 0.25 : 0 }))
  expect(said(wrongFolderSection, { ...clean, mislabelled }).match(/looks like/g)).toHaveLength(1)
})

test('no count is given of what was not looked for', () => {
  const none = { ...clean, judged: { giveaways: 0, labels: 0, outliers: 0 } }
  expect(said((page) => headline(page, ({ message }) => message), none)).not.toContain('wrong folder')
  const classes = none.classes.map((one) => ({ ...one, images: 4 }))
  const page = advicePage({ ...none, classes }, undefined, () => html``)
  const cells = [
    ...classesSection(page).text.matchAll(/data-title="(Wrong folder\?|Unlike the class)" data-value=""\s*>–</g),
  ]
  expect(cells).toHaveLength(2 * classes.length)
})

test('no difference is denied where none could have been found', () => {
  const compared = (couldTell: boolean, images: readonly [number, number] = [40, 20]) =>
    said((page) => testSection({ ...found.test!, images, differs: false, pValue: 0.2, couldTell }, page), found)
  expect(compared(true)).toMatch(/No difference beyond chance was found \(p = 0.200\):\s+what is measured/)
  expect(compared(true, [40, 19])).toMatch(/found \(p = 0.200\):\s+of so few photographs, only a large one/)
  expect(compared(false)).toContain('With so few photographs, no difference could have been found (p = 0.200)')
})
