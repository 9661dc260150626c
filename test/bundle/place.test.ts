import { lstat, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkWritable } from '../../src/bundle/place.js'
import { readBundle } from '../../src/bundle/bundle.js'
import { writeBundle } from '../../src/bundle/write.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { contents, tinyChange } from './tiny-bundle.js'

const folder = temporaryFolder()
const place = () => join(folder(), 'out', 'bundle')

test('a link stays, and the bundle is written where it leads to', async () => {
  const [link, target] = [join(folder(), 'link'), join(folder(), 'elsewhere', 'bundle')]
  await symlink(target, link)
  await checkWritable(link)
  await writeBundle(link, tinyChange(1, ['flowers']))
  expect((await lstat(link)).isSymbolicLink()).toBe(true)
  expect((await readBundle(target)).manifest.revision).toBe(1)
  expect(await readdir(folder())).toEqual(['elsewhere', 'link'])
})

describe('checkWritable', () => {
  test('lets a new place, an empty folder and the bundle that is extended pass, and leaves no trace', async () => {
    await checkWritable(place())
    expect(await readdir(join(folder(), 'out'))).toEqual([])
    await mkdir(place())
    await checkWritable(place())
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const before = await contents(place())
    await checkWritable(place(), await readBundle(place()))
    await checkWritable(join(place(), '..', 'bundle'), await readBundle(place()))
    expect(await contents(place())).toEqual(before)
  })

  test('refuses a file, a folder of other things and another bundle', async () => {
    const file = join(folder(), 'file')
    await writeFile(file, '')
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const other = join(folder(), 'other')
    await writeBundle(other, tinyChange(1, ['birds']))
    await expect(checkWritable(file)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(checkWritable(folder())).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(checkWritable(place())).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(checkWritable(place(), await readBundle(other))).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(checkWritable(join(file, 'below'))).rejects.toMatchObject({ code: 'IO' })
  })
})
