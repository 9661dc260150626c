import { expect, test } from '@jest/globals'
import { typed } from '../../src/cli/typed.js'

test('gives a command as a person would type it', () => {
  const flags = {
    skipUnknown: true,
    wrong: false,
    labels: undefined,
    report: "it's here.html",
    add: ['a', 'b c'],
    mean: [0.5, 0.25, 1],
    size: { width: 320, height: 240 },
    seed: 0,
  }
  expect(typed(['evaluate', 'my flowers'], flags)).toBe(
    `extend evaluate 'my flowers' --skip-unknown --report 'it'\\''s here.html' --add a --add 'b c' --mean 0.5,0.25,1 --size 320x240 --seed 0`,
  )
})
