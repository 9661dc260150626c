import { expect, test } from '@jest/globals'
import { terminalLine } from '../../../src/cli/progress/terminal-line.js'
import { styleOf } from '../../../src/cli/style.js'
import { KeptOutput } from '../streams.js'

test.each([
  [40, '  Fine-tuning  50%  held out 76 %'],
  [80, '  Fine-tuning  50%  loss 0.83, held out 76 %, 5.2 views/s  21 min 40 s left'],
])('in %i columns, what learns is told before how long it takes to the second', (width, line) => {
  let drawn = ''
  const startLine = (_: unknown, draw: () => string) => {
    drawn = draw()
    return { stop: () => undefined }
  }
  const stream = new KeptOutput({ terminal: true })
  const view = terminalLine({ stream, style: styleOf(false), width, now: () => 0 }, startLine)
  view.report({
    type: 'progress',
    stage: 'fine-tune',
    done: 50,
    total: 100,
    unit: 'percent',
    learning: { loss: 0.83, viewsPerSecond: 5.2, heldOut: { loss: 1, top1: 0.76 } },
    seconds: 1300,
    perSecond: 1,
    secondsLeft: 1300,
  })
  expect(drawn).toBe(line)
})
