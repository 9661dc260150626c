import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { intactFiles, readPin, writePin, type HubPin } from '../../../src/fetch/hub-pin.js'
import { chooseModel } from '../../../src/fetch/hub-files.js'
import { listRevision } from '../../../src/fetch/hub-listing.js'
import { pinOf } from '../../../src/preprocessing/pinned-input.js'
import { checkJob } from '../../../src/queue/check-job.js'
import { checkAnswersOutcome, checkFeaturesOutcome } from '../../../src/queue/check-outcome.js'
import { unseal } from '../../../src/queue/seal.js'
import { mutateJson } from '../mutate/json.js'
import type { Target } from '../target.js'
import { fileReader } from './reader.js'

const json = (...values: unknown[]) => values.map((value) => JSON.stringify(value))

const hash = 'a'.repeat(64)
const preprocess = { width: 8, height: 8, resize: 'squash', cropFraction: 1, interpolation: 'bilinear' } as const

/** What a worker takes out of Redis. */
export const job = fileReader(
  'job',
  'job.json',
  () =>
    json(
      {
        kind: 'features',
        graph: hash,
        backbone: 'x',
        hasFurther: true,
        preprocess,
        images: [{ file: '/a', hash, views: [{ mirror: false }] }],
      },
      {
        ...{ kind: 'answers', graph: hash, preprocess, oneByOne: false, classes: 5, oldClasses: 3, columns: 3 },
        images: [{ path: '/a', hash, name: 'a' }],
      },
    ),
  mutateJson,
  (_, input) => {
    const sent = parsed(input)
    unseal({ value: sent, checksum: 0 })
    return checkJob(sent)
  },
)

/** What a sender gets back. */
export const outcome = fileReader(
  'outcome',
  'outcome.json',
  () =>
    json({ computed: 1, unreadable: [{ file: '/a', reason: 'gone' }] }, [
      {
        best: [
          [0, 0.9],
          [1, 0.1],
        ],
        standout: 2.5,
      },
      { error: 'gone' },
    ]),
  mutateJson,
  (_, input) => {
    const value = parsed(input)
    unseal({ value, checksum: 0 })
    if (!Array.isArray(value)) return checkFeaturesOutcome(value, ['/a'])
    const image = { path: '/a', hash, name: 'a' }
    return checkAnswersOutcome(value, { images: [image, image], classes: 3, columns: 2 })
  },
)

const pinned = { sha256: hash, bytes: 3, changed: 1 }

/** What a name of the hub referred to. */
export const pin = fileReader(
  'pin',
  'pin.json',
  () =>
    json({
      commit: 'b'.repeat(40),
      path: 'onnx/model.onnx',
      files: { 'onnx/model.onnx': pinned, 'config.json': pinned },
    }),
  mutateJson,
  async (path) => {
    // With a checksum that fits what was changed, so that fuzzing comes further than it.
    const changed = await readFile(path, 'utf8')
    try {
      await writePin(path, JSON.parse(changed) as HubPin)
    } catch {
      // No JSON: it is read as it is.
    }
    const found = await readPin(path)
    if (found === undefined || found === 'damaged') return
    await intactFiles(join(path, '..'), found.files)
    chooseModel([{ type: 'file', path: found.path, size: 1, oid: '' }], 'a/b')
  },
)

/** What the hub answers about a repository: its commit, then its files. */
export const listing: Target = {
  name: 'listing',
  seeds: () => {
    const file = { type: 'file', path: 'onnx/model.onnx', size: 3, oid: 'b'.repeat(40) }
    const lfs = { oid: hash, size: 3, pointerSize: 130 }
    const answer = {
      info: { _id: 'x', id: 'a/b', sha: 'b'.repeat(40), private: false },
      files: [file, { ...file, lfs }],
    }
    return Promise.resolve([Buffer.from(JSON.stringify(answer))])
  },
  mutate: mutateJson,
  async open() {
    let answer = { info: 'null', files: 'null' }
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(request.url?.includes('/tree/') ? answer.files : answer.info)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return {
      async run(input) {
        const { info, files: list } = (parsed(input) ?? {}) as { readonly info?: unknown; readonly files?: unknown }
        answer = { info: textOf(info), files: textOf(list) }
        const { files } = await listRevision('a/b', undefined, { url }, {})
        chooseModel(files, 'a/b')
      },
      close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
    }
  },
}

/** What a trial of preprocessing found. */
export const trial = fileReader(
  'trial',
  `${hash.slice(0, 16)}-0000000000000000.json`,
  () => json({ key: hash, check: hash, trial: { margin: null, photographs: 1, added: 0, drawings: 0 } }),
  mutateJson,
  (path) => pinOf(join(path, '..'), hash, {}).read(),
)

/** A value as JSON; `null` where it is nested too deeply for that. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    return 'null'
  }
}

/** BullMQ parses what stands in Redis. */
function parsed(input: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(input).toString())
  } catch {
    return undefined
  }
}
