import { setTimeout } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { seldom } from '../../src/branch/seldom.js'

test('what takes long is done at once, and not again right after', async () => {
  let times = 0
  const look = seldom(async () => {
    await setTimeout(20)
    return ++times
  })
  expect(await look()).toBe(1)
  expect(await look()).toBeUndefined()
})
