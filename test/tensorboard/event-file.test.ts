import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { HeldOutRecord } from '../../src/bundle/manifest.js'
import type { TrainingCurve } from '../../src/head/training-curve.js'
import { descriptions, runsOf, type Run } from '../../src/tensorboard/curves.js'
import { eventFile, eventFileName } from '../../src/tensorboard/event-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { readEvents } from './read-events.js'

const folder = temporaryFolder()

const steps = (heldOut: boolean): TrainingCurve['steps'] =>
  [1.5, 0.75, 0.1].map((loss, i) => ({
    time: 1_700_000_000_000 + 250 * i,
    loss,
    penalty: i / 7,
    heldOut: heldOut ? { loss: loss + 0.1, top1: i / 3, leak: null, miss: 0.25 } : null,
  }))
const curves: TrainingCurve[] = [
  { images: 'folds', regularisation: 0.003, steps: steps(true) },
  { images: 'all', regularisation: 0.003, steps: steps(false) },
]
const heldOut: HeldOutRecord = {
  old: { top1Before: 0.9, top1After: 0.875, count: 40 },
  new: { top1: 0.8, count: 20 },
  leak: 0.05,
  miss: null,
  perClass: [{ label: 'tab\tand\nline', count: 20, top1: 0.8, confusedWith: [] }],
}
const runs = runsOf(curves, heldOut)
const bytesOf = (run: Run) => Buffer.concat([...eventFile(run)])

describe('an event file', () => {
  test('says its version, then every number with its step and time, and what the tag means once', () => {
    expect(runs.map(({ name }) => name)).toEqual(['rho-0.003/training', 'rho-0.003/held-out', 'all-images', 'finished'])
    for (const run of runs) {
      const [first, ...events] = readEvents(bytesOf(run))
      expect(first).toMatchObject({ version: 'brain.Event:2', values: [] })
      expect(events).toHaveLength(run.scalars.length)
      const seen = new Set<string>()
      for (const [i, { tag, step, value, time }] of run.scalars.entries()) {
        expect(events[i]!).toMatchObject({ step, time: time / 1000 })
        const description = seen.has(tag) ? undefined : descriptions[tag.split('/')[0]!]
        expect(events[i]!.values).toEqual([{ tag, value: Math.fround(value), description }])
        seen.add(tag)
      }
    }
  })

  test('has no number for what is not known, and a tag in one line', () => {
    const tags = ({ scalars }: Run) => [...new Set(scalars.map(({ tag }) => tag))]
    expect(tags(runs[1]!)).toEqual(['loss', 'top1', 'miss'])
    expect(tags(runs[3]!)).toEqual(['top1', 'leak', 'old/before', 'old/after', 'top1-by-class/tab\\tand\\nline'])
  })

  test('has what a branch made of held-out images, where it was looked at', () => {
    const looked = steps(true).map((step, i) => (i === 1 ? { ...step, heldOut: null } : step))
    const [, found] = runsOf([{ images: 'branch', regularisation: 0, steps: looked }], heldOut)
    expect(found).toMatchObject({ name: 'branch/held-out' })
    expect(found!.scalars.map(({ tag, step }) => [tag, step])).toEqual([
      ['loss', 0],
      ['loss', 2],
      ['top1', 0],
      ['top1', 2],
      ['miss', 0],
      ['miss', 2],
    ])
  })

  test('the reader of this test sees a changed byte', () => {
    const bytes = bytesOf(runs[0]!)
    bytes[20]! ^= 1
    expect(() => readEvents(bytes)).toThrow('wrong checksum')
  })

  const python = spawnSync('python3', ['-c', 'import tensorboard'])
  const hasTensorBoard = python.status === 0
  ;(hasTensorBoard ? test : test.skip)(
    `is read by TensorBoard${hasTensorBoard ? '' : ' (skipped: python3 has no tensorboard)'}`,
    () => {
      for (const run of runs) {
        const file = join(folder(), eventFileName(run))
        writeFileSync(file, bytesOf(run))
        const script = `
import json, sys
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
events = list(LegacyEventFileLoader(sys.argv[1]).Load())
print(json.dumps([[e.wall_time, e.step, v.tag, v.simple_value] for e in events for v in e.summary.value]))`
        const { stdout, stderr } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' })
        if (stdout === '') throw new Error(stderr)
        expect(JSON.parse(stdout)).toEqual(
          run.scalars.map(({ time, step, tag, value }) => [time / 1000, step, tag, Math.fround(value)]),
        )
      }
    },
  )
})
