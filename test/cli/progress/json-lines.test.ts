import { expect, test } from '@jest/globals'
import { jsonLines } from '../../../src/cli/progress/json-lines.js'

test('a line says what learns has come to, and held-out images once they were looked at', () => {
  const lines: object[] = []
  const view = jsonLines((line) => lines.push(line))
  const event = {
    type: 'progress',
    stage: 'fine-tune',
    total: 100,
    unit: 'percent',
    seconds: 9,
    perSecond: undefined,
    secondsLeft: 3.14159,
  } as const
  const learning = { loss: 0.83424, viewsPerSecond: 5 }
  view.report({ ...event, done: 10, learning })
  view.report({ ...event, done: 100, learning: { ...learning, heldOut: { loss: 0.98765, top1: 0.75 } } })
  const common = { type: 'progress', stage: 'fine-tune', total: 100, unit: 'percent', perSecond: null }
  const told = { ...common, secondsLeft: 3.14, loss: 0.834, viewsPerSecond: 5 }
  expect(lines).toEqual([
    { ...told, done: 10 },
    { ...told, done: 100, heldOut: { loss: 0.988, top1: 0.75 } },
  ])
})
