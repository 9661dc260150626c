import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from '@jest/globals'
import { cudaFolder } from '../../src/cuda/folder.js'
import { installFromNuget } from '../../src/cuda/install-nuget.js'
import { packagedLibraries, providerLibraries, runtimePackage } from '../../src/runtime/provider-files.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const cache = temporaryFolder()
const libraries = relative(runtimePackage(), packagedLibraries())

/** The smallest file accepted as a complete ELF library: a header that is followed by its section table. */
const library = (mark: number) => {
  const header = Buffer.alloc(65, mark)
  header.write('\x7fELF', 'latin1')
  header.writeBigUInt64LE(64n, 40)
  header.writeUInt16LE(1, 58)
  header.writeUInt16LE(1, 60)
  return header
}

/** A package like onnxruntime-node, with a provider and an install script of its own. */
function packageWith(script: string): string {
  const home = folder()
  mkdirSync(join(home, 'script'), { recursive: true })
  mkdirSync(join(home, libraries), { recursive: true })
  for (const name of providerLibraries) writeFileSync(join(home, libraries, name), library(1))
  writeFileSync(
    join(home, 'script', 'install.js'),
    `const { join } = require('path'), { writeFileSync } = require('fs')
     const { content } = require('./content.js')
     const put = (name, bytes) => writeFileSync(join(__dirname, '..', ${JSON.stringify(libraries)}, name), bytes)
     ${script}`,
  )
  writeFileSync(
    join(home, 'script', 'content.js'),
    `exports.content = Buffer.from('${library(2).toString('hex')}', 'hex')`,
  )
  return home
}

const marks = (home: string) => providerLibraries.map((name) => readFileSync(join(home, libraries, name))[10])

test('puts what came in the place of what was there, and removes the provider for CUDA 13', async () => {
  const home = packageWith(providerLibraries.map((name) => `put('${name}', content)`).join(';'))
  const cacheDir = cache()
  mkdirSync(cudaFolder(cacheDir), { recursive: true })
  expect(await installFromNuget(cacheDir, {}, home)).toBe(join(home, libraries))
  expect(existsSync(cudaFolder(cacheDir))).toBe(false)
  expect(marks(home)).toEqual([2, 2])
  expect(readdirSync(home).sort()).toEqual(['bin', 'script'])
})

test.each([
  [
    'the network is down',
    "console.error('Error: getaddrinfo ENOTFOUND api.nuget.org'); process.exit(1)",
    'ENOTFOUND api.nuget.org',
  ],
  ['one library alone comes', `put('${providerLibraries[0]}', content)`, 'no library came'],
  [
    'what comes is cut off',
    providerLibraries.map((name) => `put('${name}', content.subarray(0, 64))`).join(';'),
    'no library came',
  ],
  [
    'all come and the script fails',
    `${providerLibraries.map((name) => `put('${name}', content)`).join(';')}; process.exit(1)`,
    'no library came',
  ],
])('a provider that works stays where %s', async (_, script, reason) => {
  const home = packageWith(script)
  await expect(installFromNuget(cache(), {}, home)).rejects.toMatchObject({
    code: 'DOWNLOAD',
    message: expect.stringMatching(new RegExp(`from NuGet \\(.*${reason}\\)\\.$`)),
    remedy: { kind: 'set-up-newer-cuda', cuda: 13 },
  })
  expect(marks(home)).toEqual([1, 1])
  expect(readdirSync(home).sort()).toEqual(['bin', 'script'])
})

test.each([
  ['before the script starts', (abort: () => void) => abort()],
  ['while it runs', (abort: () => void) => void setTimeout(abort, 300)],
])('an interruption %s leaves all as it was', async (_, interrupt) => {
  const home = packageWith('setInterval(() => undefined, 1000)')
  const controller = new AbortController()
  const installing = installFromNuget(cache(), { signal: controller.signal }, home)
  interrupt(() => controller.abort())
  await expect(installing).rejects.toMatchObject({ code: 'ABORTED' })
  expect(marks(home)).toEqual([1, 1])
  expect(readdirSync(home).sort()).toEqual(['bin', 'script'])
})
