import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { asideOf, isTemporary, removeAbandoned, temporaryName } from '../../src/core/temporary.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const longAgo = new Date(Date.now() - 3_700_000)
const temporary = (name: string) => basename(temporaryName(name))

describe('temporaryName', () => {
  test('lies beside the file, hidden, and is another one every time', () => {
    const path = join('some', 'model.onnx')
    expect(dirname(temporaryName(path))).toBe('some')
    expect(basename(temporaryName(path))).toMatch(/^\.model\.onnx\.nplusk-[0-9a-f]{12}\.tmp$/)
    expect(temporaryName(path)).not.toBe(temporaryName(path))
  })

  test('is told from names that others give', () => {
    expect([temporary('a'), asideOf(temporary('a'))].every(isTemporary)).toBe(true)
    expect(['a', '.a.tmp', '.a.0123456789ab.tmp', '.a.old'].some(isTemporary)).toBe(false)
  })
})

describe('removeAbandoned', () => {
  test('deletes temporary files and folders that are more than an hour old, and nothing else', async () => {
    const gone = [temporary('model.onnx'), temporary('bundle')]
    const stay = [temporary('model.onnx'), 'model.onnx', '.hidden.tmp', '.other.0123456789ab.tmp']
    await mkdir(join(folder(), gone[1]!))
    await writeFile(join(folder(), gone[1]!, 'inside'), '')
    await Promise.all([gone[0]!, ...stay].map((name) => writeFile(join(folder(), name), '')))
    const aged = [join(gone[1]!, 'inside'), ...gone, ...stay.slice(1)]
    await Promise.all(aged.map((name) => utimes(join(folder(), name), longAgo, longAgo)))
    await removeAbandoned(folder())
    expect((await readdir(folder())).sort()).toEqual([...stay].sort())
    await removeAbandoned(join(folder(), 'none'))
  })

  test('spares a folder that something is still written into, however deep', async () => {
    const busy = temporary('export')
    await mkdir(join(folder(), busy, 'deep', 'deeper'), { recursive: true })
    await writeFile(join(folder(), busy, 'deep', 'deeper', 'file'), '')
    for (const path of ['deep/deeper', 'deep', '.']) await utimes(join(folder(), busy, path), longAgo, longAgo)
    await removeAbandoned(folder())
    expect(await readdir(folder())).toEqual([busy])
  })

  test('puts a folder in its place that was complete when its writer was killed', async () => {
    const [staging] = [temporary('export')]
    for (const name of [staging!, asideOf(staging!)]) {
      await mkdir(join(folder(), name))
      await writeFile(join(folder(), name, name === staging ? 'new' : 'old'), '')
    }
    await removeAbandoned(folder())
    expect(await readdir(join(folder(), 'export'))).toEqual(['new'])
    expect((await readdir(folder())).sort()).toEqual([asideOf(staging!), 'export'])
    for (const path of [join(asideOf(staging!), 'old'), asideOf(staging!)])
      await utimes(join(folder(), path), longAgo, longAgo)
    await removeAbandoned(folder())
    expect(await readdir(folder())).toEqual(['export'])
  })
})
