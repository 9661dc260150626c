import { execFileSync } from 'node:child_process'
import { cp, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { messageOf, NpluskError } from '../../src/core/errors.js'
import { readThresholds } from '../../src/classes/threshold-file.js'
import { loadClassifier } from '../../src/workflow/classifier.js'
import { history } from '../../src/workflow/history.js'
import { inspectModel } from '../../src/workflow/inspect.js'
import { mergeFeatures } from '../../src/workflow/merge-features.js'
import { listLabels } from '../../src/workflow/classes.js'
import { listedPictures } from '../../src/answers/listed-pictures.js'
import { verifyBundle } from '../../src/index.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { input, tinyPlace, type TinyPlace } from '../training/tiny-extension.js'

const folder = temporaryFolder()

/** Ways in which a path can lead to what never ends, or never begins. */
const kinds: readonly [string, (path: string) => Promise<unknown> | Buffer][] = [
  ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ['a link to a device', (path) => symlink('/dev/zero', path)],
]

/** The one sentence that a call ends with. */
async function sentenceOf(call: () => Promise<unknown>): Promise<string> {
  const error = await call().then(
    () => undefined,
    (one: unknown) => one,
  )
  expect(error).toBeInstanceOf(NpluskError)
  return messageOf(error)
}

describe.each(kinds)('%s is refused at once', (_, make) => {
  let place: TinyPlace
  let path: string
  let options: { readonly cacheDir: string; readonly device: 'cpu' }
  beforeEach(async () => {
    place = tinyPlace(folder())
    path = place.path('it.onnx')
    options = { cacheDir: place.cacheDir, device: 'cpu' }
    await make(path)
  })
  const refusal = () => `Cannot read ${path}: it is a pipe, a socket or a device; give a file.`

  test('as a model', async () => {
    expect(await sentenceOf(() => inspectModel({ file: path, ...options }))).toBe(refusal())
    expect(await sentenceOf(() => loadClassifier({ model: path, input, ...options }))).toBe(refusal())
  })

  test('as thresholds, as names of classes, as a part of features', async () => {
    expect(await sentenceOf(() => readThresholds(path))).toBe(refusal())
    const named = { model: place.model, input: { ...input, labels: path }, ...options }
    expect(await sentenceOf(() => loadClassifier(named))).toBe(refusal())
    expect(await sentenceOf(() => mergeFeatures({ parts: [path], cacheDir: place.cacheDir }))).toBe(refusal())
  })

  test('beside a model, as its settings or names', async () => {
    for (const name of ['preprocessor_config.json', 'labels.txt']) {
      const beside = place.path(name)
      await make(beside)
      expect(await sentenceOf(() => inspectModel({ file: place.model, ...options }))).toContain(beside)
      await rm(beside)
    }
  })

  test('as a picture, and as an archive of pictures', async () => {
    const classifier = await loadClassifier({ model: place.model, input, ...options })
    try {
      for await (const answer of classifier.classify([path])) {
        expect(answer).toMatchObject({ error: expect.stringMatching(/^Cannot use "\S+": it is a (pipe|device) and/) })
      }
    } finally {
      await classifier.close()
    }
    const archive = place.path('it.tar')
    await make(archive)
    const all = async () => {
      for await (const picture of listedPictures([archive])) await picture.content!()
    }
    expect(await sentenceOf(all)).toMatch(/^Cannot use "\S+it\.tar": /)
  })

  test('as any file of a bundle', async () => {
    const add = [await place.draw('some', { red: 5, blue: 5 })]
    const { bundle } = await place.add({ add, rehearsal: 'none' })
    for (const name of (await readdir(bundle)).filter((one) => /\.\w+$/.test(one))) {
      const copy = place.path('copy')
      await cp(bundle, copy, { recursive: true })
      await rm(join(copy, name))
      await make(join(copy, name))
      const asked = async () => {
        await listLabels({ model: copy })
        const more = [await place.draw('more', { green: 5, grey: 5 })]
        await place.add({ add: more, model: copy, out: copy, input: {} })
      }
      const { ok, damaged } = await verifyBundle({ model: copy })
      expect([ok, damaged.map(({ file }) => file)]).toEqual([false, [name]])
      // The model holds the manifest too: where bundle.json cannot be read, it is written anew.
      if (name === 'bundle.json') await asked()
      else expect(await sentenceOf(asked)).toContain(join(copy, name))
      await rm(copy, { recursive: true })
    }
    // A record of a change is no part of what the bundle answers: the history has a gap.
    const record = join(bundle, 'revisions', (await readdir(join(bundle, 'revisions')))[0]!)
    await rm(record)
    await make(record)
    expect((await history({ model: bundle })).revisions).toHaveLength(1)
  })
})
