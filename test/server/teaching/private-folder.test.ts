import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openPrivateFolder } from '../../../src/server/teaching/private-folder.js'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'nplusk-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const modulePath = new URL('../../../src/server/teaching/private-folder.js', import.meta.url).href

/** A process that holds a folder with an upload in it. */
async function holder(at = parent) {
  const program = `
    import { writeFileSync } from 'node:fs'
    import { openPrivateFolder } from ${JSON.stringify(modulePath)}
    const { path } = await openPrivateFolder(${JSON.stringify(at)})
    writeFileSync(path + '/upload', 'a picture')
    console.log(path)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const [path] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { path, kill: async () => (child.kill('SIGKILL'), await ended) }
}

test('what a killed process left is deleted by the next one; what a living one holds is not', async () => {
  const [living, killed] = [await holder(), await holder()]
  await killed.kill()
  expect(readdirSync(killed.path)).toContain('upload')
  {
    await using own = await openPrivateFolder(parent)
    expect(existsSync(killed.path)).toBe(false)
    expect(readdirSync(living.path).sort()).toEqual(['.live', 'upload'])
    expect(statSync(own.path).mode & 0o777).toBe(0o700)
    expect(readdirSync(parent)).toHaveLength(2)
  }
  expect(readdirSync(parent)).toHaveLength(1)
  await living.kill()
  await (await openPrivateFolder(parent))[Symbol.asyncDispose]()
  expect(readdirSync(parent)).toEqual([])
})

test('two folders of one process leave each other alone', async () => {
  await using one = await openPrivateFolder(parent)
  await using _two = await openPrivateFolder(parent)
  expect(existsSync(one.path)).toBe(true)
})

test('what only looks like one is left alone: without a socket, with a file in its place, a link, of another user', async () => {
  const like = (name: string) => join(parent, `nplusk-lessons-${name}`)
  mkdirSync(like('new'))
  mkdirSync(like('file'))
  writeFileSync(join(like('file'), '.live'), '')
  writeFileSync(like('none'), '')
  const elsewhere = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const killed = await holder(elsewhere)
  await killed.kill()
  symlinkSync(killed.path, like('link'))
  // Only root may give a folder away.
  if (statSync(parent).uid === 0) {
    const foreign = await holder()
    await foreign.kill()
    chownSync(foreign.path, 1234, 1234)
  }
  const before = readdirSync(parent).sort()
  await (await openPrivateFolder(parent))[Symbol.asyncDispose]()
  expect(readdirSync(parent).sort()).toEqual(before)
  expect(existsSync(join(killed.path, 'upload'))).toBe(true)
  rmSync(elsewhere, { recursive: true })
})

test('a place whose name is too long for a socket gives a folder all the same, and puts nothing beside it', async () => {
  const deep = join(parent, 'x'.repeat(100))
  mkdirSync(deep)
  {
    await using own = await openPrivateFolder(deep)
    expect(readdirSync(own.path)).toEqual([])
  }
  expect([readdirSync(deep), readdirSync(parent)]).toEqual([[], ['x'.repeat(100)]])
})
