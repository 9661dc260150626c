import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, open, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import {
  checkWritable,
  checkBundleFile,
  contentName,
  isBundle,
  manifestFile,
  modelFile,
  openBundle,
  readBundle,
  readBundleFile,
  writeBundle,
} from '../../src/bundle/bundle.js'
import { descriptorPath } from '../../src/core/descriptor-path.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { tinyChange } from './tiny-bundle.js'

const folder = temporaryFolder()
const place = () => join(folder(), 'out', 'bundle')

/** Every file in a folder, hidden ones as well, with its content. */
async function contents(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path)).sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'base64')] as const)),
  )
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
    expect((await readdir(place())).sort()).toEqual([...change.files.keys(), manifestFile, modelFile].sort())
    expect(await readdir(join(folder(), 'out'))).toEqual(['bundle'])
    expect(Uint8Array.from(await readFile(join(place(), modelFile)))).toEqual(change.model)
    const bundle = await readBundle(place())
    expect(bundle).toEqual({ folder: place(), manifest: change.manifest, model: expect.any(Uint8Array) })
    for (const [name, content] of change.files) {
      expect(Uint8Array.from(await readBundleFile(bundle, name))).toEqual(
        Uint8Array.from(Buffer.concat([...content()])),
      )
      expect(await checkBundleFile(bundle, name)).toBe(join(place(), name))
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
    expect((await readdir(place())).sort()).toEqual([...files.keys(), manifestFile, modelFile].sort())
  })

  test('changes a bundle and removes the files that it needs no more; others in the folder stay', async () => {
    const first = tinyChange(1, ['flowers'])
    await writeBundle(place(), first)
    await writeFile(join(place(), 'notes.txt'), 'mine')
    const second = tinyChange(2, ['birds'])
    await writeBundle(place(), second)
    expect((await readdir(place())).sort()).toEqual(
      [...second.files.keys(), manifestFile, modelFile, 'notes.txt'].sort(),
    )
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
    expect((await readdir(place())).sort()).toEqual([...other.files.keys(), manifestFile, modelFile].sort())
  })

  test('of many changes at once, one takes effect', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const names = ['birds', 'fish', 'shells', 'stones']
    const results = await Promise.allSettled(names.map((name) => writeBundle(place(), tinyChange(2, [name]))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' })
    }
    const winner = names[results.findIndex(({ status }) => status === 'fulfilled')]!
    expect((await readBundle(place())).manifest).toEqual(tinyChange(2, [winner]).manifest)
    expect(await readdir(place())).toHaveLength(5)
  })

  test('of two new bundles at one place, the second is refused', async () => {
    const late = tinyChange(1, ['birds'], () => writeBundle(place(), tinyChange(1, ['fish'])))
    await expect(writeBundle(place(), late)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await readBundle(place())).manifest).toEqual(tinyChange(1, ['fish']).manifest)
    expect(await readdir(join(folder(), 'out'))).toEqual(['bundle'])
  })

  test('removes what killed processes left behind, and spares what is being written', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const left = [join(place(), '.model.onnx.0123456789ab.tmp'), join(folder(), 'out', '.bundle.0123456789ab.tmp')]
    const busy = join(place(), '.model.onnx.ba9876543210.tmp')
    await Promise.all([...left, busy].map((path) => writeFile(path, 'part')))
    const longAgo = new Date(Date.now() - 7_200_000)
    await Promise.all(left.map((path) => utimes(path, longAgo, longAgo)))
    await writeBundle(place(), tinyChange(2, ['flowers']))
    expect(await Promise.all(left.map(exists))).toEqual([false, false])
    expect(await exists(busy)).toBe(true)
  })
})

describe('readBundle', () => {
  test('after a crash between the two renamings it takes the newer manifest, from the model', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const oldManifest = await readFile(join(place(), manifestFile))
    const second = tinyChange(2, ['flowers', 'birds'])
    await writeBundle(place(), second)
    await writeFile(join(place(), manifestFile), oldManifest)
    expect((await readBundle(place())).manifest).toEqual(second.manifest)
    // And the bundle can be changed again.
    await writeBundle(place(), tinyChange(3, ['birds']))
    expect((await readBundle(place())).manifest.revision).toBe(3)
  })

  test('says how to make one where there is none', async () => {
    await mkdir(place(), { recursive: true })
    for (const path of [place(), join(folder(), 'nowhere')]) {
      expect(await isBundle(path)).toBe(false)
      await expect(readBundle(path)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: `${path} is not a bundle; make one with "extend --add DIR --out ${path}".`,
      })
    }
  })

  const onUnix = process.platform === 'win32' ? test.skip : test
  onUnix('whose files a writer removes meanwhile, reads the new revision', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers']))
    const next = join(folder(), 'next')
    await writeBundle(next, tinyChange(2, ['birds']))
    // A manifest that is read when we say so, and no sooner: a pipe with the same bytes. The model is open by then.
    const manifestPath = join(place(), manifestFile)
    const manifest = await readFile(manifestPath)
    await rm(manifestPath)
    await promisify(execFile)('mkfifo', [manifestPath])
    const reading = readBundle(place())
    const pipe = await open(manifestPath, 'w')
    await pipe.writeFile(manifest)
    for (const name of await readdir(next)) await rename(join(next, name), join(place(), name))
    await rm(join(place(), tinyChange(1, ['flowers']).manifest.increments[0]!.features))
    await pipe.close()
    expect((await reading).manifest).toEqual(tinyChange(2, ['birds']).manifest)
  })

  test('opens the model that the manifest was read out of, whatever takes its place', async () => {
    const first = tinyChange(1, ['flowers'])
    await writeBundle(place(), first)
    const { manifest, file } = await openBundle(place())
    try {
      await writeBundle(place(), tinyChange(2, ['birds']))
      expect(manifest).toEqual(first.manifest)
      expect(Uint8Array.from(await file.readFile())).toEqual(first.model)
      const path = descriptorPath(file)
      if (path !== undefined) expect(Uint8Array.from(await readFile(path))).toEqual(first.model)
    } finally {
      await file.close()
    }
  })

  test('names the part that is missing', async () => {
    const change = tinyChange(1, ['flowers'])
    for (const name of [manifestFile, modelFile, ...change.files.keys()]) {
      await rm(place(), { recursive: true, force: true })
      await writeBundle(place(), change)
      await rm(join(place(), name))
      expect(await isBundle(place())).toBe(true)
      await expect(readBundle(place())).rejects.toMatchObject({
        code: 'BAD_BUNDLE',
        message: expect.stringContaining(join(place(), name)),
      })
    }
  })

  test('names the part that is damaged, or of another bundle', async () => {
    const change = tinyChange(3, ['flowers'])
    await writeBundle(place(), change)
    const damage = async (name: string, content: string | Uint8Array) => {
      const path = join(place(), name)
      const whole = await readFile(path)
      await writeFile(path, content)
      const failure: unknown = await readBundle(place()).catch((error: unknown) => error)
      await writeFile(path, whole)
      return failure
    }
    expect(await damage(manifestFile, '{')).toMatchObject({ code: 'BAD_BUNDLE' })
    expect(await damage(modelFile, change.model.subarray(0, 20))).toMatchObject({
      code: 'BAD_BUNDLE',
      message: `${join(place(), modelFile)} is damaged; restore it from a copy, or build the bundle again.`,
    })
    expect(await damage(modelFile, tinyChange(2, ['flowers']).model)).toMatchObject({
      code: 'BAD_BUNDLE',
      message: expect.stringContaining('belong to different bundles'),
    })
    const { base } = change.manifest
    const otherBase = JSON.stringify({ ...change.manifest, base: { ...base, sha256: 'e'.repeat(64) } })
    expect(await damage(manifestFile, otherBase)).toMatchObject({
      code: 'BAD_BUNDLE',
      message: expect.stringContaining('belong to different bundles'),
    })
    expect((await readBundle(place())).manifest.revision).toBe(3)
  })

  test('a file is checked against the hash in its name', async () => {
    const change = tinyChange(1, ['flowers'])
    await writeBundle(place(), change)
    const bundle = await readBundle(place())
    const name = bundle.manifest.increments[0]!.features
    await writeFile(join(place(), name), 'other features')
    await expect(readBundleFile(bundle, name)).rejects.toMatchObject({
      code: 'BAD_BUNDLE',
      message: `${join(place(), name)} is damaged; restore it from a copy, or build the bundle again.`,
    })
  })
})

describe('contentName', () => {
  test('puts the hash of the content into the name, in the place of an earlier one', () => {
    const content = Uint8Array.of(1, 2, 3)
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
    expect(contentName('features.safetensors', [content])).toBe(`features-${hash}.safetensors`)
    expect(contentName(`features-${'0'.repeat(16)}.safetensors`, [content.subarray(0, 2), content.subarray(2)])).toBe(
      `features-${hash}.safetensors`,
    )
  })
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

function neverAsked(): never {
  throw new Error('this file is there already')
}
