import { expect } from '@jest/globals'
import { NpluskError } from '../../src/core/errors.js'
import { fileBackbone } from '../../src/classifier/file-backbone.js'
import { processorTime } from './processor-time.js'

/** Opens a damaged classifier: a clear error or a backbone, within ten seconds of processor time. */
export async function isRefused(file: string, options: Parameters<typeof fileBackbone>[1]): Promise<boolean> {
  const start = processorTime()
  let refused = false
  try {
    const { backbone } = await fileBackbone(file, options)
    expect(backbone.classes.length).toBeGreaterThan(1)
  } catch (error) {
    if (!(error instanceof NpluskError)) throw error
    expect(error.message).toMatch(/^\S[^\n]*\.$/)
    refused = true
  }
  expect(processorTime() - start).toBeLessThan(10)
  return refused
}
