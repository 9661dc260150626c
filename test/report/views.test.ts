import { expect, test } from '@jest/globals'
import { isAdded } from '../../src/bundle/manifest.js'
import { errorOf } from '../../src/evaluation/error-kind.js'
import { classesSection } from '../../src/report/sections/classes.js'
import type { RecordPage } from '../../src/report/sections/context.js'
import { mistakesSection } from '../../src/report/sections/mistakes.js'
import { classRows } from '../../src/report/view/classes.js'
import { findings } from '../../src/report/view/findings.js'
import { headlines } from '../../src/report/view/headlines.js'
import { mapView } from '../../src/report/view/map.js'
import { matrix } from '../../src/report/view/matrix.js'
import { mistakes } from '../../src/report/view/mistakes.js'
import { sureness } from '../../src/report/view/sureness.js'
import { createRandom } from '../../src/math/random.js'
import { labels, madeUpRecords, names } from './records.js'

const records = madeUpRecords(names(210))
const isNewClass = (index: number) => index >= 4
const right = (i: number) => records[i]!.answers[0]!.index === records[i]!.truth.index
const all = records.map((_, i) => i)

test('of many classes, the old ones are folded in, be it one', () => {
  const row = { count: 1, precision: 1, recall: 1, f1: 1, averagePrecision: null, threshold: null, wrong: [] }
  const summaryOf = (old: number) => {
    const rows = Array.from({ length: 60 + old }, (_, i) => ({ ...row, label: `class ${i}`, isNew: i < 60 }))
    return /<summary>([^<]*)</.exec(classesSection(rows, {} as RecordPage).text)![1]
  }
  expect([1, 3].map(summaryOf)).toEqual(['The old class', 'The 3 old classes'])
})

test('headlines count, and give the interval that solves |p − share| = z √(p (1 − p) / n)', () => {
  const figures = headlines(records, isAdded)
  expect(figures.map(({ of }) => of)).toEqual(['all', 'new', 'old'])
  for (const { of, count, right: hits, low, high, base, either } of figures) {
    const own = all.filter((i) => of === 'all' || isNewClass(records[i]!.truth.index) === (of === 'new'))
    expect(count).toBe(own.length)
    expect(hits).toBe(own.filter(right).length)
    expect(base.right).toBe(own.filter((i) => records[i]!.baseAnswer.index === records[i]!.truth.index).length)
    const isEither = ({ truth, baseAnswer, addedAnswer }: (typeof records)[number]) =>
      [baseAnswer.index, addedAnswer!.index].includes(truth.index)
    expect(either).toBe(own.filter((i) => isEither(records[i]!)).length)
    expect(either).toBeGreaterThan(of === 'old' ? 0 : base.right)
    for (const end of [low, high]) {
      const deviations = Math.abs(end - hits / count) / Math.sqrt((end * (1 - end)) / count)
      expect(deviations).toBeCloseTo(1.959964, 5)
    }
  }
  expect(
    headlines(
      records.filter(({ truth }) => isNewClass(truth.index)),
      isAdded,
    ).map(({ of }) => of),
  ).toEqual(['new'])
})

test('mistakes are all wrong answers, each in one group, leaks by the class that takes them', () => {
  const { lost, wrongBefore, ofNew, moved, amongOld } = mistakes(records, isAdded)
  expect(moved).toEqual([])
  const leaks = [...lost, ...wrongBefore]
  const grouped = [...leaks, ...ofNew, ...amongOld].flatMap(({ places }) => places)
  expect(grouped.sort((a, b) => a - b)).toEqual(all.filter((i) => !right(i)))
  for (const { answer, places, of } of leaks) {
    expect(of).toBe(all.filter((i) => !isNewClass(records[i]!.truth.index)).length)
    for (const i of places) {
      expect(isNewClass(records[i]!.truth.index)).toBe(false)
      expect(records[i]!.answers[0]!.label).toBe(answer)
      expect(isNewClass(records[i]!.answers[0]!.index)).toBe(true)
    }
  }
  for (const { truth, answer, places, of } of [...ofNew, ...amongOld]) {
    expect(of).toBe(30)
    for (const i of places) expect([records[i]!.truth.label, records[i]!.answers[0]!.label]).toEqual([truth, answer])
  }
  for (const list of [lost, wrongBefore, ofNew, amongOld]) {
    const counts = list.map(({ places }) => places.length)
    expect(counts).toEqual([...counts].sort((a, b) => b - a))
    for (const { places } of list) {
      const sure = places.map((i) => records[i]!.answers[0]!.probability)
      expect(sure).toEqual([...sure].sort((a, b) => b - a))
    }
  }
})

test('leaks apart by what the base model had: the cost is the difference between before and now', () => {
  const { lost, wrongBefore } = mistakes(records, isAdded)
  const baseIsRight = (i: number) => records[i]!.baseAnswer.index === records[i]!.truth.index
  const placesOf = (groups: typeof lost) => groups.flatMap(({ places }) => places)
  expect(placesOf(lost).every(baseIsRight)).toBe(true)
  expect(placesOf(wrongBefore).some(baseIsRight)).toBe(false)
  expect(placesOf(wrongBefore).length).toBeGreaterThan(0)
  const old = headlines(records, isAdded).find(({ of }) => of === 'old')!
  expect(placesOf(lost)).toHaveLength(old.base.right - old.right)
})

test('mistakes among old classes apart by what the base model had: a merged class causes some', () => {
  const amongOldBefore = mistakes(records, isAdded).amongOld.flatMap(({ places }) => places)
  // What is merged into an old class changes its answers, and not the base model's own.
  const merged = new Set(amongOldBefore.slice(0, 2))
  const some = records.map((record, i) => (merged.has(i) ? { ...record, baseAnswer: record.truth } : record))
  const { moved, amongOld } = mistakes(some, isAdded)
  expect(new Set(moved.flatMap(({ places }) => places))).toEqual(merged)
  expect(amongOld.flatMap(({ places }) => places)).toHaveLength(amongOldBefore.length - 2)
  const without = { photosOf: () => [], notedPhotos: () => [] }
  const page = { records: some, isNew: isAdded, before: 'The base model', ...without } as unknown as RecordPage
  const { text } = mistakesSection(mistakes(some, isAdded), page)
  expect(text).toContain('Old photographs that now get another old class: 2')
  expect(text).toContain(`Mistakes among the old classes: ${amongOldBefore.length - 2}. The base model makes them`)
  const lost = mistakes(some, isAdded).lost[0]!.places[0]!
  const still = all.find((i) => !isNewClass(records[i]!.truth.index) && right(i))!
  const single = [amongOldBefore[2]!, amongOldBefore[0]!, lost, still].map((i) => some[i]!)
  const { text: one } = mistakesSection(mistakes(single, isAdded), { ...page, records: single })
  expect(one).toContain('Mistakes among the old classes: 1. The base model makes it by itself.')
  expect(one).toContain(
    'has 3 of 4 right: less 1 that a new class takes, less 1 that gets another old class, 1 is right now.',
  )
})

test('a frozen class counts as old in all that is told of new ones', () => {
  const frozen = labels[4]!
  const isNew = ({ index }: { readonly index: number }) => index > frozen.index
  const some = records.map((record) => ({
    ...record,
    error: errorOf(record.truth.index, record.answers[0]!.index, (index) => isNew({ index })),
  }))
  const isOld = (i: number) => !isNew(records[i]!.truth)
  const old = headlines(some, isNew).find(({ of }) => of === 'old')!
  const { lost, wrongBefore, ofNew } = mistakes(some, isNew)
  const taken = [...lost, ...wrongBefore]
  expect(old.count).toBe(all.filter(isOld).length)
  expect(new Set(taken.map(({ of }) => of))).toEqual(new Set([old.count]))
  expect(taken.flatMap(({ places }) => places).every(isOld)).toBe(true)
  const wrongNew = all.filter((i) => !isOld(i) && !right(i))
  expect(ofNew.flatMap(({ places }) => places).sort((a, b) => a - b)).toEqual(wrongNew)
  expect(classRows(some, new Map(), isNew).find(({ label }) => label === frozen.label)!.isNew).toBe(false)
  expect(matrix(some, isNew).classes).toContainEqual({ label: frozen.label, isNew: false })
  for (const { text } of findings(some, isNew, 100)) {
    if (text.startsWith('Old classes')) expect(text).toContain(` of ${old.count} `)
  }
})

test('an added class that has the name of an old one is not said to be unknown', () => {
  const named = (label: string, old: string) =>
    headlines(
      records.slice(4, 5).map((record) => ({
        ...record,
        truth: { ...record.truth, label },
        baseAnswer: { ...record.baseAnswer, label: old },
      })),
      isAdded,
    ).map(({ isNameKnown }) => isNameKnown)
  expect(named('Daisy', 'daisy')).toEqual([true])
  expect(named('daisy (flowers)', 'daisy')).toEqual([true])
  expect(named('daisy (flowers)', 'rose')).toEqual([false])
})

test('the first finding is what explains the most mistakes of new classes, and no two are the same', () => {
  const found = findings(records, isAdded)
  expect(found).toHaveLength(3)
  const touching = (places: readonly number[]) => places.filter((i) => records[i]!.error !== 'among-old').length
  const { lost, ofNew } = mistakes(records, isAdded)
  const most = Math.max(...[...lost, ...ofNew].map(({ places }) => places.length))
  expect(touching(found[0]!.places)).toBeGreaterThanOrEqual(most)
  expect(found[0]!.text).toContain(`${found[0]!.places.length} of`)
  expect(new Set(found.map(({ text }) => text)).size).toBe(3)
  expect(
    findings(
      records.filter((_, i) => right(i)),
      isAdded,
    ),
  ).toEqual([])
})

test('figures of a class by their definitions', () => {
  const rows = classRows(records, new Map([[4, { averagePrecision: 0.75, threshold: 0.5 }]]), isAdded)
  expect(rows[0]).toMatchObject({ label: 'rose', averagePrecision: 0.75, threshold: 0.5 })
  expect(rows[1]).toMatchObject({ averagePrecision: null, threshold: null })
  expect(rows.map(({ label }) => label)).toEqual([...labels.slice(4), ...labels.slice(0, 4)].map(({ label }) => label))
  for (const row of rows) {
    const { index } = labels.find(({ label }) => label === row.label)!
    const shows = all.filter((i) => records[i]!.truth.index === index)
    const called = all.filter((i) => records[i]!.answers[0]!.index === index)
    const both = shows.filter((i) => called.includes(i)).length
    expect(row.recall).toBeCloseTo(both / shows.length, 12)
    expect(row.precision).toBeCloseTo(both / called.length, 12)
    expect(row.f1).toBeCloseTo((2 * row.precision! * row.recall) / (row.precision! + row.recall), 12)
    expect(row.wrong).toEqual(shows.filter((i) => !right(i)))
  }
})

test('every record is in one cell of the matrix, by name where mistakes tie its class to new ones', () => {
  const { classes, answers, cells } = matrix(records, isAdded)
  expect(cells.flat(2).sort((a, b) => a - b)).toEqual(all)
  expect(answers).toEqual(classes.map(({ label }) => label))
  cells.forEach((row, truth) =>
    row.forEach((places, answer) => {
      for (const i of places) {
        expect(records[i]!.truth.label).toBe(classes[truth]!.label)
        expect(records[i]!.answers[0]!.label).toBe(answers[answer])
      }
    }),
  )
  const rightOld = records.filter(({ truth, error }) => !isNewClass(truth.index) && error === null)
  expect(matrix(rightOld, isAdded).classes).toEqual([{ label: 'all other old classes', isNew: false }])
})

test('the diagonal of the matrix is all that is right, also where classes are shown as one', () => {
  const some = records.filter(({ error }) => error === null || error === 'among-old' || error === 'among-new')
  const { classes, answers, cells } = matrix(some, isAdded)
  expect(classes.at(-1)).toEqual({ label: 'all other old classes', isNew: false })
  expect(answers.slice(classes.length)).toEqual(['another of the other old classes'])
  const diagonal = cells.flatMap((row, i) => row[i]!)
  const hits = Array.from(some.keys()).filter((i) => some[i]!.error === null)
  expect(diagonal.sort((a, b) => a - b)).toEqual(hits)
  const amongOld = Array.from(some.keys()).filter((i) => some[i]!.error === 'among-old')
  expect(amongOld.length).toBeGreaterThan(0)
  expect(cells.map((row) => row.at(-1)!.length)).toEqual([...classes.slice(1).map(() => 0), amongOld.length])
  expect(cells.at(-1)!.at(-1)).toEqual(amongOld)
})

test('sureness counts every answer in the bin of its probability, and what is left above a threshold', () => {
  const { bins, trusted } = sureness(records)
  for (const { low, high, right: hits, wrong, said } of bins) {
    const own = all.filter((i) => {
      const { probability } = records[i]!.answers[0]!
      return probability > low && probability <= high
    })
    expect([hits, wrong]).toEqual([own.filter(right).length, own.filter((i) => !right(i)).length])
    if (own.length > 0) {
      const sum = own.reduce((total, i) => total + records[i]!.answers[0]!.probability, 0)
      expect(said).toBeCloseTo(sum / own.length, 12)
    }
  }
  expect(bins.reduce((sum, bin) => sum + bin.right + bin.wrong, 0)).toBe(records.length)
  expect(trusted[0]!.coverage).toBe(1)
  for (const { threshold, coverage, risk } of trusted) {
    const kept = all.filter((i) => records[i]!.answers[0]!.probability >= threshold)
    expect(coverage).toBeCloseTo(kept.length / records.length, 12)
    expect(risk).toBeCloseTo(kept.filter((i) => !right(i)).length / kept.length, 12)
  }
})

test('the map says how far a class keeps to itself', () => {
  // Classes on a line, a hundred apart; one rose lies among the tulips.
  const random = createRandom('map')
  const stray = all.find((i) => records[i]!.truth.label === 'rose')!
  const coordinates = all.map((i): [number, number] => {
    const at = i === stray ? 5 : records[i]!.truth.index
    return [100 * at + random.next(), random.next()]
  })
  const { points, classes, background } = mapView(records, all, [...coordinates, [7, 8]])
  expect(points).toHaveLength(records.length)
  expect(background).toEqual([[7, 8]])
  const rose = classes.find(({ label }) => label === 'rose')!
  expect(rose).toMatchObject({ isAdded: true, count: 30, nearest: 'tulip' })
  expect(rose.alike).toBeCloseTo(29 / 30, 12)
  const fewRoses = all.filter((i) => records[i]!.truth.label !== 'rose' || i < 7 * 4)
  const few = mapView(
    records,
    fewRoses,
    fewRoses.map((i) => coordinates[i]!),
  )
  const found = few.classes.find(({ label }) => label === 'rose')!
  expect(found).toMatchObject({ count: 4, alike: null, nearest: null })
})
