import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from '@jest/globals'
import type { fileBackbone } from '../../src/classifier/file-backbone.js'
import type { OpenedModel } from './open-models.js'

const program = fileURLToPath(new URL('open-models.js', import.meta.url))

/**
 * Opens damaged classifiers in a process of their own, as other tests have had their share of the memory of this one:
 * a clear error or a backbone each, within ten seconds of processor time.
 *
 * @returns how many were refused, and the most memory that the process took, in kilobytes
 */
export async function openApart(
  files: readonly string[],
  options: Parameters<typeof fileBackbone>[1],
): Promise<{ refused: number; peakMemory: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(options), ...files])
  const { models, peakMemory } = JSON.parse(stdout) as { models: OpenedModel[]; peakMemory: number }
  expect(models).toHaveLength(files.length)
  for (const { error, classes, seconds } of models) {
    expect(seconds).toBeLessThan(10)
    if (error === undefined) expect(classes).toBeGreaterThan(1)
    else expect(error).toEqual({ message: expect.stringMatching(/^\S[^\n]*\.$/) as unknown, isOurs: true })
  }
  return { refused: models.filter(({ error }) => error !== undefined).length, peakMemory }
}
