import { expect, test } from '@jest/globals'
import { fetchThrough, isReachedDirectly, proxiesForNpm } from '../../src/fetch/proxied-fetch.js'

test("without a proxy it is Node's own", async () => {
  expect(await fetchThrough()).toBe(fetch)
  expect(await fetchThrough({ none: 'example.org' })).toBe(fetch)
})

test.each(['ftp://proxy:21', 'http://', '://x', 'socks5://127.0.0.1:1080'])('"%s" is no proxy', async (https) => {
  await expect(fetchThrough({ https })).rejects.toMatchObject({
    code: 'USAGE',
    message: 'The HTTPS proxy has no usable address.',
    remedy: { kind: 'correct-proxy', proxy: 'https' },
  })
})

test.each<[string, string, boolean]>([
  ['huggingface.co', '', false],
  ['huggingface.co', '*', true],
  ['huggingface.co', 'example.org, huggingface.co', true],
  ['huggingface.co', 'example.org huggingface.co', true],
  ['cdn.huggingface.co', 'huggingface.co', true],
  ['cdn.huggingface.co', '.huggingface.co', true],
  ['cdn.huggingface.co', '*.huggingface.co', true],
  ['cdn.huggingface.co', 'HuggingFace.co', true],
  ['nothuggingface.co', 'huggingface.co', false],
  ['huggingface.co.example.org', 'huggingface.co', false],
  ['huggingface.co:443', 'huggingface.co:443', true],
  ['127.0.0.1:8080', '127.0.0.1', true],
  ['127.0.0.1:8080', '127.0.0.1:8080', true],
  ['127.0.0.1:8080', '127.0.0.1:9090', false],
  ['[::1]:8080', '[::1]', true],
])('%s is reached alone where NO_PROXY is "%s": %p', (host, none, expected) => {
  expect(isReachedDirectly(host, none)).toBe(expected)
})

test("npm's client gets proxies as it reads them", () => {
  expect(proxiesForNpm()).toEqual({})
  const proxies = { https: 'proxy.corp:3128', http: 'http://other', none: 'a.org *.b.org,.c.org' }
  const noProxy = ['a.org', 'b.org', '.c.org']
  expect(proxiesForNpm(proxies)).toEqual({ proxy: 'http://proxy.corp:3128', noProxy })
  expect(proxiesForNpm(proxies, 'http://127.0.0.1:4873')).toEqual({ proxy: 'http://other', noProxy })
  const noProxyOf = (none: string, registry?: string) =>
    proxiesForNpm({ https: 'proxy', http: 'proxy', none }, registry).noProxy
  expect(noProxyOf('*', 'https://mirror.corp/npm/')).toContain('mirror.corp')
  expect(noProxyOf('127.0.0.1:4873', 'http://127.0.0.1:4873')).toContain('127.0.0.1')
  expect(noProxyOf('127.0.0.1:80', 'http://127.0.0.1:4873')).toEqual(['127.0.0.1:80'])
})
