import { expect, test } from '@jest/globals'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const { percent, withRemedy } = (await import(pathToFileURL(resolve('assets/page/words.js')).href)) as {
  percent: (share: number) => string
  withRemedy: (trouble: { message: string; remedy?: string }) => string
}

test('a share is said with as many digits as tell it from none and from all', () => {
  const shares = [0, 0.0004, 0.002, 0.099, 0.42, 0.985, 0.9912, 0.997, 0.9996, 1]
  expect(shares.map(percent)).toEqual([
    '0 %',
    '< 0.1 %',
    '0.2 %',
    '9.9 %',
    '42 %',
    '99 %',
    '99.1 %',
    '99.7 %',
    '100 %',
    '100 %',
  ])
})

test('what can be done about something stands in the sentence that says it', () => {
  expect(withRemedy({ message: 'There are few.' })).toBe('There are few.')
  expect(withRemedy({ message: 'There are few.', remedy: 'give more' })).toBe('There are few; give more.')
})
