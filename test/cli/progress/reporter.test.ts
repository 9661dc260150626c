import { describe, expect, test } from '@jest/globals'
import { stripVTControlCharacters } from 'node:util'
import { progressReporter, type ReportedEvent } from '../../../src/cli/progress/reporter.js'
import { displayWidth } from '../../../src/cli/terminal/display-width.js'
import type { ProgressEvent, Stage } from '../../../src/core/progress.js'
import { KeptOutput } from '../streams.js'

const escape = '\x1b'

function step(stage: Stage, done: number, total: number): ProgressEvent {
  return { type: 'progress', stage, done, total, unit: 'images' }
}

const run: readonly ProgressEvent[] = [
  step('extract', 0, 2),
  step('extract', 1, 2),
  { type: 'warning', code: 'X', message: 'One image is broken.' },
  step('extract', 2, 2),
  step('merge', 0, 1),
  step('merge', 1, 1),
]

/** Events with the seconds at which they come, as they are shown. */
async function showTimed(
  events: readonly (readonly [seconds: number, event: ReportedEvent])[],
  { json = false, terminal = false, columns = 100 } = {},
): Promise<string> {
  const stderr = new KeptOutput({ terminal, columns })
  let time = 0
  const reporter = await progressReporter(
    { stderr, variables: { NO_COLOR: '1' } },
    { quiet: false, verbose: false, json, now: () => 1000 * time },
  )
  for (const [seconds, event] of events) {
    time = seconds
    reporter.onProgress(event)
  }
  reporter.close()
  return stderr.content
}

/** What stands between two texts of one line: the cursor goes back to its start. */
const redraw = new RegExp(`\n|${escape}\\[0G|${escape}\\[1G|\r`)

/** 100 images a second; the first 500 of 4000 were in the cache. */
const steady = Array.from({ length: 36 }, (_, second) => [second, step('extract', 500 + 100 * second, 4000)] as const)

async function show({
  terminal,
  quiet = false,
  verbose = false,
  variables = {},
}: {
  terminal: boolean
  quiet?: boolean
  verbose?: boolean
  variables?: Record<string, string>
}): Promise<string> {
  const stderr = new KeptOutput({ terminal })
  const reporter = await progressReporter({ stderr, variables }, { quiet, verbose })
  run.forEach(reporter.onProgress)
  reporter.close()
  return stderr.content
}

test('that a model is being loaded is told at once, and nothing is left of it on a terminal', async () => {
  const loading = async (terminal: boolean) => {
    const stderr = new KeptOutput({ terminal })
    const reporter = await progressReporter({ stderr, variables: {} }, { quiet: false, verbose: false })
    reporter.onProgress(step('load', 0, 1))
    const first = stripVTControlCharacters(stderr.content)
    reporter.onProgress(step('load', 1, 1))
    reporter.close()
    return { first, last: stripVTControlCharacters(stderr.content) }
  }
  expect(await loading(false)).toEqual({ first: 'Loading the model\n', last: 'Loading the model\n' })
  const { first, last } = await loading(true)
  expect(first).toContain('  Loading the model')
  expect(last).not.toContain('\n')
})

describe('progress', () => {
  test('is a plain line per stage where there is no terminal', async () => {
    expect(await show({ terminal: false })).toBe('Reading images\nMerging the heads\n')
  })

  test('is the same on a dumb terminal', async () => {
    expect(await show({ terminal: true, variables: { TERM: 'dumb' } })).toBe('Reading images\nMerging the heads\n')
  })

  test.each([true, false])('is silent with --quiet (terminal: %s)', async (terminal) => {
    expect(await show({ terminal, quiet: true, verbose: true })).toBe('')
  })

  test('tells warnings with --verbose', async () => {
    expect(await show({ terminal: false, verbose: true })).toBe(
      'Reading images\nwarning: One image is broken.\nMerging the heads\n',
    )
  })

  test('is a bar on a terminal that leaves a line per stage', async () => {
    const output = await show({ terminal: true })
    expect(output).toContain('░')
    expect(output).toContain(`${escape}[32m✓`)
    // What a terminal still shows in the end: each line's last text after the cursor went back to its start.
    const lines = stripVTControlCharacters(output).split('\n')
    expect(lines.filter((line) => /✓ Reading images +2 images +\d/.test(line))).toHaveLength(1)
    expect(lines.filter((line) => /✓ Merging the heads +\d/.test(line))).toHaveLength(1)
  })

  test('has no colours with NO_COLOR', async () => {
    const colour = new RegExp(`${escape}\\[\\d+m`)
    expect(await show({ terminal: true })).toMatch(colour)
    expect(await show({ terminal: true, variables: { NO_COLOR: '1' } })).not.toMatch(colour)
  })
})

describe('progress over some time', () => {
  test('is in a pipe a line at the start and one every ten seconds, with done of total, rate and time left', async () => {
    expect(await showTimed(steady)).toBe(
      [
        'Reading images',
        'Reading images  1500 of 4000 images  100/s  25 s left',
        'Reading images  2500 of 4000 images  100/s  15 s left',
        'Reading images  3500 of 4000 images  100/s  5 s left',
        '',
      ].join('\n'),
    )
  })

  test('without a total tells what is done and the rate', async () => {
    const events = [0, 10, 20].map((second) => {
      const event = { ...step('predict', 5 * second, 0), total: undefined } as ReportedEvent
      return [second, event] as const
    })
    expect(await showTimed(events)).toBe('Predicting\nPredicting  50 images  5.0/s\nPredicting  100 images  5.0/s\n')
  })

  test('what setting up takes is not taken for the speed of what comes after it', async () => {
    const steps = [[0, 0], [16, 1], ...Array.from({ length: 12 }, (_, i) => [17 + i, 11 + 10 * i])]
    expect(await showTimed(steps.map(([second, done]) => [second!, step('train', done!, 1120)] as const))).toBe(
      'Training\nTraining  1 of 1120 images  0.063/s\nTraining  101 of 1120 images  10/s  1 min 42 s left\n',
    )
  })

  test('forgets how fast it was: half as fast for a minute is the new rate', async () => {
    const fast = Array.from({ length: 60 }, (_, s) => [s, step('extract', 100 * s, 20_000)] as const)
    const slow = Array.from({ length: 60 }, (_, s) => [60 + s, step('extract', 6000 + 50 * s, 20_000)] as const)
    const lines = (await showTimed([...fast, ...slow])).trimEnd().split('\n')
    expect(lines.filter((line) => line.includes('  100/s  ')).length).toBeGreaterThan(3)
    expect(lines.at(-1)).toMatch(/ {2}50\/s {2}/)
  })

  test.each([40, 60, 120])('fits a terminal of %d columns', async (columns) => {
    const lines = (await showTimed(steady, { terminal: true, columns })).split(redraw)
    expect(lines.filter((line) => line.includes('Reading images')).length).toBeGreaterThan(0)
    for (const line of lines) expect(displayWidth(stripVTControlCharacters(line))).toBeLessThan(columns)
    expect(lines.filter((line) => stripVTControlCharacters(line).startsWith('✓ Reading images'))).toHaveLength(1)
  })

  test('in JSON comes at most twice a second, first and last of each stage and every warning in any case', async () => {
    const quick = Array.from({ length: 41 }, (_, i) => [i / 20, step('extract', i, 40)] as const)
    const broken = { type: 'warning', code: 'X', message: 'One image\nis broken.' } as const
    const lines = (
      await showTimed([...quick, [2, broken], [2.1, step('merge', 0, 2)], [2.2, step('merge', 1, 2)]], { json: true })
    )
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; stage: string; done: number })
    expect(lines.filter(({ stage }) => stage === 'extract').map(({ done }) => done)).toEqual([0, 10, 20, 30, 40])
    expect(lines[3]).toEqual({
      type: 'progress',
      stage: 'extract',
      done: 30,
      total: 40,
      unit: 'images',
      perSecond: 20,
      secondsLeft: 0.5,
    })
    expect(lines[5]).toEqual(broken)
    // The stage was left before its end.
    expect(lines.slice(6).map(({ done }) => done)).toEqual([0, 1])
  })
})
