import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from '@jest/globals'
import { urlsOf } from '../../src/server/addresses.js'

const one = (address: string, family: 'IPv4' | 'IPv6', internal = false) =>
  ({ address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as NetworkInterfaceInfo
const interfaces = {
  lo: [one('127.0.0.1', 'IPv4', true), one('::1', 'IPv6', true)],
  eth0: [one('10.0.0.5', 'IPv4'), one('2001:db8::5', 'IPv6'), one('fe80::5', 'IPv6')],
  gone: undefined,
}

test.each([
  ['127.0.0.1', 'IPv4', ['http://127.0.0.1:8080']],
  ['10.0.0.5', 'IPv4', ['http://10.0.0.5:8080']],
  ['::1', 'IPv6', ['http://[::1]:8080']],
  ['0.0.0.0', 'IPv4', ['http://127.0.0.1:8080', 'http://10.0.0.5:8080']],
  ['::', 'IPv6', ['http://127.0.0.1:8080', 'http://10.0.0.5:8080', 'http://[2001:db8::5]:8080']],
])('listening at %s', (address, family, expected) => {
  expect(urlsOf({ address, family, port: 8080 }, interfaces)).toEqual(expected)
})
