import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readBundle } from '../../src/bundle/bundle.js'
import type { Evaluation } from '../../src/evaluation/evaluation.js'
import { listClasses } from '../../src/folders/folder.js'
import type { ExtendResult } from '../../src/workflow/extend.js'
import { openWorkplace, type Workplace } from './workplace.js'

// Every kind of head on few photographs: what breaks shows; how good they are is in docs/results.md.

const data = '../shared/data'
const present = existsSync(data)
const describeData = present ? describe : describe.skip

let place: Workplace

/** Copies some of a class's images. */
async function take(source: string, target: string, start: number, end: number): Promise<void> {
  for (const { files, label } of await listClasses(source)) {
    if (label !== 'roses' && label !== 'sunflowers') continue
    mkdirSync(place.path(target, label), { recursive: true })
    for (const file of files.slice(start, end)) cpSync(file, place.path(target, label, basename(file)))
  }
}

describeData(`kinds of head on flowers${present ? '' : ` (skipped: no ${data})`}`, () => {
  beforeAll(async () => {
    place = openWorkplace()
    await take(`${data}/flowers/train`, 'flowers', 0, 8)
    await take(`${data}/flowers/val`, 'test', 0, 5)
    const files = (await listClasses(`${data}/imagenet-1-per-class`)).flatMap((one) => one.files)
    mkdirSync(place.path('old', 'any'), { recursive: true })
    for (const file of files.filter((_, i) => i % 50 === 0)) cpSync(file, place.path('old', 'any', basename(file)))
  })

  afterAll(() => place.remove())

  test.each(['svm', 'mlp', 'auto'] as const)(
    '%s learns them, beside the old classes, and the bundle says so',
    async (head) => {
      const settings = ['--augment', '0', '--rehearsal', 'old', '--max-old-drop', '0.2']
      const result = await place.json<ExtendResult>(['--add', 'flowers', '--head', head, ...settings, '--out', head])
      const { asked, kind, tried } = result.head
      expect(asked).toBe(head)
      expect(tried.map((one) => one.kind)).toEqual(head === 'auto' ? ['softmax', 'svm', 'mlp'] : [])
      if (head !== 'auto') expect(kind).toBe(head)
      const { manifest } = await readBundle(join(place.folder, head))
      expect(manifest.training).toMatchObject({ head, heads: [kind] })
      const { new: added } = await place.json<Evaluation>(['evaluate', 'test', '--model', head])
      expect(added!.count).toBe(10)
      expect(added!.top1).toBeGreaterThanOrEqual(0.6)
    },
  )

  test('a node in its place is told where nodes are named', async () => {
    const { code, stderr } = await place.run(['--add', 'flowers', '--head', 'fc'])
    expect(code).toBe(2)
    expect(stderr).toContain('softmax, svm, mlp, auto')
    expect(stderr).toContain('--scores')
  })
})
