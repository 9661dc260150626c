import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { listClasses } from '../../src/folders/folder.js'
import type { Evaluation } from '../../src/evaluation/evaluation.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { openWorkplace, type Workplace } from './workplace.js'

// Photographs, but few of them, to notice what breaks; the figures that count are those of docs/results.md.

const data = '../shared/data'
const present = existsSync(data)
const describeData = present ? describe : describe.skip

/** Bounds with room for the luck of a small draw. */
const leastOnFlowers = 0.8
const mostLostOnOld = 0.03

let place: Workplace

/** Copies images of every class, or of every other, by their place in the folder. */
async function take(
  source: string,
  target: string,
  isWanted: (image: number) => boolean,
  everyOther = false,
): Promise<void> {
  const classes = await listClasses(source)
  for (const { files } of classes.filter((_, i) => !everyOther || i % 2 === 0)) {
    for (const file of files.filter((_, image) => isWanted(image))) {
      const folder = place.path(target, basename(dirname(file)))
      mkdirSync(folder, { recursive: true })
      cpSync(file, join(folder, basename(file)))
    }
  }
}

/** Of a share of `count` images. */
function variance({ top1, count }: { readonly top1: number; readonly count: number }): number {
  return (top1 * (1 - top1)) / count
}

describeData(`flowers beside ImageNet${present ? '' : ` (skipped: no ${data})`}`, () => {
  let extension: ExtendResult
  let evaluation: Evaluation
  /** Of other images of the folder that was learned from: the test folder's are easier. */
  let others: Evaluation

  beforeAll(async () => {
    place = openWorkplace()
    await take(`${data}/flowers/train`, 'flowers', (image) => image < 60 && image % 3 < 2)
    await take(`${data}/flowers/train`, 'others', (image) => image < 60 && image % 3 === 2)
    await take(`${data}/flowers/val`, 'test', (image) => image < 20)
    await take(`${data}/imagenet-test`, 'test', (image) => image < 1, true)
    extension = await place.json(['--add', 'flowers', '--overlap', 'merge'])
    evaluation = await place.json(['evaluate', 'test'])
    others = await place.json(['evaluate', 'others'])
  }, 600_000)

  afterAll(() => place.remove())

  test('daisies train the class that exists', () => {
    expect(extension.classes).toEqual({ base: 1000, added: 4, total: 1004 })
    expect(extension.increment.labels).toContain('daisy')
  })

  test('flowers are known among all classes', () => {
    expect(evaluation.new!.count).toBe(80)
    expect(evaluation.new!.top1).toBeGreaterThanOrEqual(leastOnFlowers)
    expect(evaluation.perClass.find(({ label }) => label === 'daisy')!.top1).toBeGreaterThanOrEqual(leastOnFlowers)
  })

  test('ImageNet is hardly worse for it', () => {
    const { count, top1, top1Base } = evaluation.old!
    expect(count).toBeGreaterThan(200)
    expect(top1Base).toBeGreaterThan(0.9)
    expect(top1Base - top1).toBeLessThanOrEqual(mostLostOnOld)
  })

  test('the figures from held-out images tell the truth', () => {
    const { top1, count } = extension.heldOut.new
    const [told, measured] = [{ top1: top1!, count }, others.new!]
    const standardError = Math.sqrt(variance(told) + variance(measured))
    expect(Math.abs(told.top1 - measured.top1)).toBeLessThan(3 * standardError)
  })
})
