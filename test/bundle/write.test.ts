import { access, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { historyFolder } from '../../src/bundle/history/revision-file.js'
import { manifestFile, modelFile } from '../../src/bundle/layout.js'
import { hashOf } from '../../src/core/hash-of.js'
import { checkBundleFile, readBundleFile } from '../../src/bundle/own-file.js'
import { readBundle } from '../../src/bundle/bundle.js'
import { writeBundle } from '../../src/bundle/write.js'
import { temporaryName } from '../../src/core/temporary.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { contents, tinyChange } from './tiny-bundle.js'

const folder = temporaryFolder()
const place = () => join(folder(), 'out', 'bundle')

/** What lies in the bundle, but for its history. */
async function names(): Promise<string[]> {
  return (await readdir(place())).filter((name) => name !== historyFolder)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

describe('writeBundle', () => {
  test('makes a bundle: its files, the model and the manifest, nothing else', async () => {
    const change = tinyChange(1, ['flowers'])
    await writeBundle(place(), change)
    expect((await names()).sort()).toEqual([...change.files.keys(), manifestFile, modelFile].sort())
    expect(await readdir(join(folder(), 'out'))).toEqual(['bundle'])
    expect(Uint8Array.from(await readFile(join(place(), modelFile)))).toEqual(change.model)
    const bundle = await readBundle(place())
    expect(bundle).toEqual({ folder: place(), manifest: change.manifest })
    for (const [name, content] of change.files) {
      expect(Uint8Array.from(await readBundleFile(bundle, { file: name }))).toEqual(
        Uint8Array.from(Buffer.concat([...content()])),
      )
      const sha256 = hashOf(Buffer.concat([...content()]))
      expect(await checkBundleFile(bundle, { file: name, sha256 })).toEqual({ path: join(place(), name), sha256 })
      await expect(checkBundleFile(bundle, { file: name, sha256: hashOf(Buffer.of(0)) })).rejects.toMatchObject({
        code: 'BAD_BUNDLE',
      })
    }
  })

  test('takes the place of an empty folder', async () => {
    await mkdir(place(), { recursive: true })
    await writeBundle(place(), tinyChange(1, ['flowers']))
    expect((await readBundle(place())).manifest.revision).toBe(1)
  })

  test('writes no file again that the bundle has', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const second = tinyChange(2, ['flowers', 'birds'])
    const kept = tinyChange(1, ['flowers']).manifest.increments[0]!.features
    const files = new Map([...second.files].map(([name, content]) => [name, name === kept ? neverAsked : content]))
    await writeBundle(place(), { ...second, files })
    expect((await names()).sort()).toEqual([...files.keys(), manifestFile, modelFile].sort())
  })

  test('changes a bundle and removes the files that it needs no more; others in the folder stay', async () => {
    const first = tinyChange(1, ['flowers'])
    await writeBundle(place(), first)
    await writeFile(join(place(), 'notes.txt'), 'mine')
    const second = tinyChange(2, ['birds'])
    await writeBundle(place(), second)
    expect((await names()).sort()).toEqual([...second.files.keys(), manifestFile, modelFile, 'notes.txt'].sort())
    expect((await readBundle(place())).manifest).toEqual(second.manifest)
  })

  test('shows the written model before it takes effect', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    let seen = false
    await writeBundle(
      place(),
      tinyChange(2, ['flowers', 'birds'], async (path) => {
        expect(Uint8Array.from(await readFile(path))).toEqual(tinyChange(2, ['flowers', 'birds']).model)
        expect((await readBundle(place())).manifest.revision).toBe(1)
        seen = true
      }),
    )
    expect(seen).toBe(true)
  })

  test('a model that is found wrong leaves a bundle as it was, byte for byte', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const before = await contents(place())
    const wrong = tinyChange(2, ['birds'], () => Promise.reject(new Error('wrong')))
    await expect(writeBundle(place(), wrong)).rejects.toThrow('wrong')
    expect(await contents(place())).toEqual(before)
    expect(await readdir(join(folder(), 'out'))).toEqual(['bundle'])
  })

  test('a manifest that could not be read again leaves a bundle as it was', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const before = await contents(place())
    const { manifest, ...change } = tinyChange(2, ['flowers', 'birds'])
    const tried = [{ name: 'default', loss: NaN }]
    const training = { ...manifest.training, layerChoices: [{ taken: 'default', tried }, null] }
    await expect(writeBundle(place(), { ...change, manifest: { ...manifest, training } })).rejects.toThrow(
      'could not be read again: training.layerChoices[0].tried[0].loss',
    )
    expect(await contents(place())).toEqual(before)
  })

  test('a model that is found wrong leaves no new bundle, nor any trace of one', async () => {
    const wrong = tinyChange(1, ['birds'], () => Promise.reject(new Error('wrong')))
    await expect(writeBundle(place(), wrong)).rejects.toThrow('wrong')
    expect(await readdir(join(folder(), 'out'))).toEqual([])
  })

  test('is not disturbed by what it meets: of two changes of one revision, the second is refused', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const late = tinyChange(2, ['flowers', 'birds'], () => writeBundle(place(), tinyChange(2, ['flowers', 'fish'])))
    await expect(writeBundle(place(), late)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `Another process changed ${place()} meanwhile; nothing was written, run the command again.`,
    })
    const other = tinyChange(2, ['flowers', 'fish'])
    expect((await readBundle(place())).manifest).toEqual(other.manifest)
    expect((await names()).sort()).toEqual([...other.files.keys(), manifestFile, modelFile].sort())
  })

  test('of many changes at once, one takes effect', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const wanted = ['birds', 'fish', 'shells', 'stones']
    const results = await Promise.allSettled(wanted.map((name) => writeBundle(place(), tinyChange(2, [name]))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' })
    }
    const winner = wanted[results.findIndex(({ status }) => status === 'fulfilled')]!
    expect((await readBundle(place())).manifest).toEqual(tinyChange(2, [winner]).manifest)
    expect(await names()).toHaveLength(5)
  })

  test('of two new bundles at one place, the second is refused', async () => {
    const late = tinyChange(1, ['birds'], () => writeBundle(place(), tinyChange(1, ['fish'])))
    await expect(writeBundle(place(), late)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await readBundle(place())).manifest).toEqual(tinyChange(1, ['fish']).manifest)
    expect(await readdir(join(folder(), 'out'))).toEqual(['bundle'])
  })

  test('does not fail once the model has taken effect, whatever goes wrong after that', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    // The manifest cannot be renamed, and one of the files that are needed no more is a folder with something in it.
    const stuck = join(place(), 'features-0123456789abcdef.safetensors')
    await mkdir(join(stuck, 'inside'), { recursive: true })
    const second = tinyChange(2, ['birds'], async () => {
      for (const name of await readdir(place())) if (/^\.bundle\.json\./.test(name)) await rm(join(place(), name))
    })
    await writeBundle(place(), second)
    expect((await readBundle(place())).manifest).toEqual(second.manifest)
    expect(JSON.parse(await readFile(join(place(), manifestFile), 'utf8'))).toMatchObject({ revision: 1 })

    const third = tinyChange(3, ['birds', 'fish'])
    await writeBundle(place(), third)
    expect((await readBundle(place())).manifest).toEqual(third.manifest)
    expect(JSON.parse(await readFile(join(place(), manifestFile), 'utf8'))).toMatchObject({ revision: 3 })
  })

  test('removes what killed processes left behind, and spares what is being written', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const left = [temporaryName(join(place(), 'model.onnx')), temporaryName(join(folder(), 'out', 'bundle'))]
    const busy = temporaryName(join(place(), 'model.onnx'))
    await Promise.all([...left, busy].map((path) => writeFile(path, 'part')))
    const longAgo = new Date(Date.now() - 7_200_000)
    await Promise.all(left.map((path) => utimes(path, longAgo, longAgo)))
    await writeBundle(place(), tinyChange(2, ['flowers']))
    expect(await Promise.all(left.map(exists))).toEqual([false, false])
    expect(await exists(busy)).toBe(true)
  })
})

function neverAsked(): never {
  throw new Error('this file is there already')
}
