/**
 * Opens classifiers in files, one after another, and prints as JSON what came of each, and the most memory, in
 * kilobytes, that this process has taken:
 *
 *     node open-models.js OPTIONS FILE…
 */
import { NpluskError } from '../../src/core/errors.js'
import { fileBackbone } from '../../src/classifier/file-backbone.js'
import { processorTime } from './processor-time.js'

/** What came of a file: its number of classes, or an error. */
export interface OpenedModel {
  readonly seconds: number
  readonly classes?: number
  readonly error?: { readonly message: string; readonly isOurs: boolean }
}

const [options, ...files] = process.argv.slice(2)
const models: OpenedModel[] = []
for (const file of files) {
  const start = processorTime()
  const seconds = () => processorTime() - start
  try {
    const { backbone } = await fileBackbone(file, JSON.parse(options!) as Parameters<typeof fileBackbone>[1])
    models.push({ classes: backbone.classes.length, seconds: seconds() })
  } catch (error) {
    const { message } = error as Error
    models.push({ error: { message, isOurs: error instanceof NpluskError }, seconds: seconds() })
  }
}
console.log(JSON.stringify({ models, peakMemory: process.resourceUsage().maxRSS }))
