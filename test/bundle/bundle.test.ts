import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { isBundle, manifestFile, modelFile } from '../../src/bundle/layout.js'
import { readBundleFile } from '../../src/bundle/own-file.js'
import { openBundle, readBundle } from '../../src/bundle/bundle.js'
import { writeBundle } from '../../src/bundle/write.js'
import { withoutSeal } from '../../src/bundle/seals/model-seal.js'
import { descriptorPath } from '../../src/core/descriptor-path.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { tinyChange, unsealed } from './tiny-bundle.js'

const folder = temporaryFolder()
const place = () => join(folder(), 'out', 'bundle')

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
        message: `${path} is not a bundle.`,
        remedy: { kind: 'make-bundle', out: path },
      })
    }
  })

  test('that is being changed is read as one revision or the next, never in between', async () => {
    await writeBundle(place(), tinyChange(1, ['flowers 1']))
    let isWriting = true
    const writing = (async () => {
      for (let revision = 2; revision < 10; revision++) {
        await writeBundle(place(), tinyChange(revision, [`flowers ${revision}`]))
      }
      isWriting = false
    })()
    const seen: number[] = []
    while (isWriting) {
      const { manifest } = await readBundle(place())
      expect(manifest.increments.map(({ name }) => name)).toEqual([`flowers ${manifest.revision}`])
      seen.push(manifest.revision)
    }
    await writing
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect((await readBundle(place())).manifest.revision).toBe(9)
  })

  test('its model is read when it is needed, as long as it is the same bundle', async () => {
    const first = tinyChange(1, ['flowers'])
    await writeBundle(place(), first)
    const bundle = await readBundle(place())
    expect(bundle.manifest).toEqual(first.manifest)
    expect(Uint8Array.from(await bundle.model())).toEqual(first.model)
    const refusal = {
      code: 'CONFLICT',
      message: `Another process changed ${place()} meanwhile; nothing was written, run the command again.`,
    }
    await writeBundle(place(), tinyChange(2, ['birds']))
    await expect(bundle.model()).rejects.toMatchObject(refusal)
    // Another bundle may have come as far.
    await rm(place(), { recursive: true })
    await writeBundle(place(), tinyChange(1, ['birds']))
    await expect(bundle.model()).rejects.toMatchObject(refusal)
  })

  test('opens the model that the manifest was read out of, whatever takes its place', async () => {
    const first = tinyChange(1, ['flowers'])
    await writeBundle(place(), first)
    await using bundle = await openBundle(place())
    await writeBundle(place(), tinyChange(2, ['birds']))
    expect(bundle.manifest).toEqual(first.manifest)
    const path = descriptorPath(bundle.file)
    if (path !== undefined) expect(Uint8Array.from(await readFile(path))).toEqual(first.model)
    // As often as is asked for.
    for (let i = 0; i < 2; i++) expect(Uint8Array.from(await bundle.model())).toEqual(first.model)
  })

  test('names the part that is missing', async () => {
    const change = tinyChange(1, ['flowers'])
    for (const name of [modelFile, ...change.files.keys()]) {
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

  test('a manifest that is damaged or gone is made up for by a sealed model, and written anew by the next change', async () => {
    const change = tinyChange(1, ['flowers'])
    for (const damage of ['{', '[]', JSON.stringify({ ...change.manifest, format: 9 }), undefined]) {
      await rm(place(), { recursive: true, force: true })
      await writeBundle(place(), change)
      const path = join(place(), manifestFile)
      if (damage === undefined) await rm(path)
      else await writeFile(path, damage)
      expect((await readBundle(place())).manifest).toEqual(change.manifest)
      const next = tinyChange(2, ['birds'])
      await writeBundle(place(), next)
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(next.manifest)
    }
  })

  test('without a seal, as earlier versions wrote it, is opened as long as both manifests are valid', async () => {
    const change = unsealed(tinyChange(1, ['flowers']))
    await writeBundle(place(), change)
    await using bundle = await openBundle(place())
    expect(bundle.manifest).toEqual(change.manifest)
    expect(Uint8Array.from(await bundle.model())).toEqual(Uint8Array.from(change.model))
    await bundle.checkModel()
    const path = join(place(), manifestFile)
    for (const content of ['{', undefined]) {
      if (content === undefined) await rm(path)
      else await writeFile(path, content)
      await expect(readBundle(place())).rejects.toMatchObject({
        code: 'BAD_BUNDLE',
        message: expect.stringContaining(path),
      })
    }
  })

  test('any bit of the model that is changed is found where the model is read, and by no command that needs it not', async () => {
    const change = tinyChange(1, ['flowers'])
    await writeBundle(place(), change)
    const path = join(place(), modelFile)
    const message = `${path} is damaged; restore it from a copy, or build the bundle again.`
    let readable = 0
    for (let byte = 0; byte < change.model.length; byte += byte % 5 === 0 ? 2 : 3) {
      const flipped = Uint8Array.from(change.model)
      flipped[byte]! ^= 1 << (byte & 7)
      await writeFile(path, flipped)
      try {
        await using bundle = await openBundle(place())
        readable++
        expect(bundle.manifest).toEqual(change.manifest)
        await expect(bundle.model()).rejects.toMatchObject({ code: 'BAD_BUNDLE', message })
        await expect(bundle.checkModel()).rejects.toMatchObject({ code: 'BAD_BUNDLE', message })
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_BUNDLE', message: expect.stringContaining(path) })
      }
    }
    expect(readable).toBeGreaterThan(50)
  })

  test('that promises a seal and has none is damaged', async () => {
    const change = tinyChange(1, ['flowers'])
    await writeBundle(place(), { ...change, model: withoutSeal(change.model) })
    await using bundle = await openBundle(place())
    await expect(bundle.model()).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
    await expect(bundle.checkModel()).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
    await writeFile(join(place(), manifestFile), '{')
    await expect(readBundle(place())).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
  })

  test('a file is checked against its hash', async () => {
    const change = tinyChange(1, ['flowers'])
    await writeBundle(place(), change)
    const bundle = await readBundle(place())
    const name = bundle.manifest.increments[0]!.features
    await writeFile(join(place(), name), 'other features')
    await expect(readBundleFile(bundle, { file: name })).rejects.toMatchObject({
      code: 'BAD_BUNDLE',
      message: `${join(place(), name)} is damaged; restore it from a copy, or build the bundle again.`,
    })
  })
})
