import { describe, expect, test } from '@jest/globals'
import { parseArguments } from '../../torture/arguments.js'
import { sectionNames } from '../../torture/sections.js'

describe('parseArguments', () => {
  test('takes all sections, each as often as it wants, unless it is told otherwise', () => {
    expect(parseArguments([])).toMatchObject({ only: sectionNames, count: undefined, seed: 1, case: undefined })
    const some = ['--only', 'kills,flips', '--count', '20', '--seed', '0', '--case', '^x', '--json']
    expect(parseArguments(some)).toEqual({
      only: ['kills', 'flips'],
      count: 20,
      seed: 0,
      case: /^x/,
      json: true,
      help: false,
    })
  })

  test.each([
    [['--count', 'abc']],
    [['--count', '0']],
    [['--count=-5']],
    [['--count', '']],
    [['--seed', '1.5']],
    [['--case', '(']],
    [['--counts', '5']],
    [['kills']],
  ])('refuses %j, which would try nothing or something else', (args) => {
    expect(() => parseArguments(args)).toThrow()
  })
})
