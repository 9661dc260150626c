import { expect, test } from '@jest/globals'
import { leadOf } from '../../src/workflow/evaluation-report.js'

test('one photograph is spoken of as one', () => {
  expect(leadOf(1, 1, 1)).toMatch(/^1 photograph of 1 class was shown .* 1 more could not be read and was left out\.$/)
  expect(leadOf(7, 2, 3)).toMatch(
    /^7 photographs of 2 classes were shown .* 3 more could not be read and were left out\.$/,
  )
  expect(leadOf(7, 2, 0)).toMatch(/trained on none of these\.$/)
})
