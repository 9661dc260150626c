import { expect, test } from '@jest/globals'
import { checkAddress, shownAddress } from '../../src/queue/address.js'

test.each(['redis://host', 'redis://host:6379/2', 'rediss://user:secret@host:6380', 'redis://[::1]:6379'])(
  '%s is an address',
  (address) => {
    expect(checkAddress(address)).toBe(address)
  },
)

test.each(['', 'host:6379', 'http://host', 'redis://', 'redis:host'])('"%s" is none', (address) => {
  expect(() => checkAddress(address)).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

test.each([
  ['redis://host:6379', 'redis://host:6379'],
  ['redis://user:secret@host', 'redis://user:***@host'],
  ['redis://:s@cret@host', 'redis://:***@host'],
  ['redis://user:a/b:c@d@host:6379/2', 'redis://user:***@host:6379/2'],
  ['redis://user@host:6379', 'redis://user@host:6379'],
  ['user:secret@host', 'user:***@host'],
])('%s is shown without its password', (address, shown) => {
  expect(shownAddress(address)).toBe(shown)
})
