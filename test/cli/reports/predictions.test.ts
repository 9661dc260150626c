import { expect, test } from '@jest/globals'
import { describePredictions } from '../../../src/cli/reports/predictions.js'
import { onScreen } from '../../../src/cli/terminal/screen.js'
import { styleOf } from '../../../src/cli/style.js'

const answer = {
  file: 'photos/bad\nname.jpg',
  predictions: [
    { index: 1003, label: 'sunflowers', probability: 0.912, increment: 'flowers' },
    { index: 985, label: 'daisy', probability: 0.0412, increment: 'base' },
  ],
}

test('puts the best answer first and names the increment of added classes', () => {
  expect(describePredictions(answer, styleOf(false))).toBe(
    ['photos/bad?name.jpg', '  91.2%  sunflowers  (flowers)', '   4.1%  daisy'].join('\n'),
  )
})

test('tells what is unsure, and what is most likely none of the classes, which outweighs it', () => {
  const titleOf = (unsure: readonly boolean[], more: object) => {
    const predictions = answer.predictions.map((one, i) => ({ ...one, unsure: unsure[i]! }))
    return describePredictions({ ...answer, predictions, ...more }, styleOf(false)).split('\n')[0]
  }
  expect(titleOf([true, true], { rejected: false })).toBe('photos/bad?name.jpg  unsure')
  expect(titleOf([false, true], {})).toBe('photos/bad?name.jpg')
  expect(titleOf([true, true], { rejected: true })).toBe('photos/bad?name.jpg  none of these, most likely')
})

test('sets the best answer off in colour', () => {
  expect(onScreen(describePredictions(answer, styleOf(true)))).toContain('\x1b[32msunflowers\x1b[39m')
})

test('names an increment once', () => {
  const labels = ['daisy (flowers)', 'daisy (flowers) 2', 'daisy (garden)']
  const predictions = labels.map((label, index) => ({ index, label, probability: 0.5, increment: 'flowers' }))
  expect(describePredictions({ file: 'a.jpg', predictions }, styleOf(false)).split('\n').slice(1)).toEqual([
    '  50.0%  daisy (flowers)',
    '  50.0%  daisy (flowers) 2',
    '  50.0%  daisy (garden)     (flowers)',
  ])
})
