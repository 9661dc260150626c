import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { listClasses } from '../../src/image/folder.js'
import type { Evaluation, ExtendResult } from '../../src/workflow/types.js'
import { openWorkplace, type Workplace } from './workplace.js'

// Photographs, but few of them, to notice what breaks; the figures that count are those of docs/results.md.

const data = '../shared/data'
const present = existsSync(data)
const describeData = present ? describe : describe.skip

/** Bounds with room for the luck of a small draw. */
const leastOnFlowers = 0.8
const mostLostOnOld = 0.03

let place: Workplace

/** Copies every `step`-th image of every class, at most `most` of each. */
async function take(source: string, target: string, step: number, most: number): Promise<void> {
  for (const { files } of await listClasses(source)) {
    const chosen = files.filter((_, i) => i % step === 0).slice(0, most)
    for (const file of chosen) {
      const folder = place.path(target, basename(dirname(file)))
      mkdirSync(folder, { recursive: true })
      cpSync(file, join(folder, basename(file)))
    }
  }
}

describeData(`flowers beside ImageNet${present ? '' : ` (skipped: no ${data})`}`, () => {
  let extension: ExtendResult
  let evaluation: Evaluation

  beforeAll(async () => {
    place = openWorkplace()
    await take(`${data}/flowers/train`, 'flowers', 3, 40)
    await take(`${data}/flowers/val`, 'test', 2, 20)
    await take(`${data}/imagenet-test`, 'test', 4, 1)
    extension = await place.json(['--add', 'flowers', '--overlap', 'merge'])
    evaluation = await place.json(['evaluate', 'test'])
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
    expect(count).toBeGreaterThan(300)
    expect(top1Base).toBeGreaterThan(0.9)
    expect(top1Base - top1).toBeLessThanOrEqual(mostLostOnOld)
  })

  test('the figures from held-out images tell the truth', () => {
    expect(Math.abs(extension.heldOut.new.top1 - evaluation.new!.top1)).toBeLessThan(0.1)
  })
})
