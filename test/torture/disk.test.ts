import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Disk, type Tree } from '../../torture/faults/disk.js'
import type { Call } from '../../torture/faults/preload.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const after = Buffer.from('after')

/** What a disk with a file `a` holds after calls and a power failure that leaves nothing, and one that leaves all. */
function left(...calls: (readonly [name: Call['name'], path: string, other?: string])[]): [nothing: Tree, all: Tree] {
  const template = join(folder(), 'template')
  mkdirSync(template, { recursive: true })
  writeFileSync(join(template, 'a'), 'before')
  const disk = new Disk(template, '/work')
  const at = (path: string) => join('/work', path)
  for (const [i, [name, path, other]] of calls.entries()) {
    disk.play({ number: i + 1, name, path: at(path), other: other ? at(other) : '', result: 0 }, () => after)
  }
  return [disk.afterPowerLoss(() => false), disk.afterPowerLoss(() => true)]
}

const text = (tree: Tree, name: string) => {
  const found = tree.get(name)
  return found instanceof Uint8Array ? Buffer.from(found).toString() : found
}

test('a rename that was not flushed is there or not; one of what was not flushed may leave an empty file', () => {
  const [nothing, all] = left(['create', 'b'], ['write', 'b'], ['rename', 'b', 'a'])
  expect(text(nothing, 'a')).toBe('before')
  expect(text(all, 'a')).toBe('')
})

test('what was flushed stays: content by the file, names by the folder', () => {
  const [nothing, all] = left(['create', 'b'], ['write', 'b'], ['fsync', 'b'], ['rename', 'b', 'a'], ['fsync', '.'])
  for (const tree of [nothing, all]) expect([text(tree, 'a'), tree.size]).toEqual(['after', 1])
})

test('a folder has to be flushed in its parent, and what lies in it by itself', () => {
  const [nothing, all] = left(['mkdir', 'd'], ['create', 'd/b'], ['fsync', 'd'])
  expect([nothing.has('d'), (all.get('d') as Tree).has('b')]).toEqual([false, true])
  const [flushed] = left(['mkdir', 'd'], ['fsync', '.'], ['create', 'd/b'])
  expect((flushed.get('d') as Tree).size).toBe(0)
})
