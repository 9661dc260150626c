import { describe, expect, test } from '@jest/globals'
import { stripVTControlCharacters } from 'node:util'
import { progressReporter } from '../../src/cli/progress.js'
import type { ProgressEvent, Stage } from '../../src/core/progress.js'
import { KeptOutput } from './streams.js'

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
