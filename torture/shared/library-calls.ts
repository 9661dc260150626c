import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import {
  advise,
  cacheInfo,
  diffBundles,
  evaluate,
  exportModel,
  extendModel,
  extractFeatures,
  history,
  inspectModel,
  learningCurve,
  listLabels,
  loadClassifier,
  mergeFeatures,
  removeClasses,
  renameClass,
  rollback,
  serve,
  suggest,
  writeAnswers,
  type CallOptions,
} from '../../src/index.js'
import type { TinyWorld } from './tiny-world.js'

/** A use of the library that leaves the world as it found it, but for a bundle's revisions. */
export interface LibraryCall {
  readonly name: string
  /** Whether it takes an `AbortSignal`. */
  readonly canBeAborted: boolean
  run(world: TinyWorld, call: CallOptions): Promise<void>
}

/** One of every kind. */
export const libraryCalls: readonly LibraryCall[] = [
  abortable('extend', async ({ common, base, path }, call) => {
    await extendModel({ ...common, ...base, ...call, add: [path('flowers')], out: path('out', 'extended') })
    await rm(path('out', 'extended'), { recursive: true })
  }),
  abortable('extend again, roll back', async ({ common, bundle, path }, call) => {
    await extendModel({ ...common, ...call, model: bundle, add: [path('test')], name: 'later' })
    await rollback({ ...call, model: bundle })
  }),
  abortable('remove, roll back', async ({ common, bundle }, call) => {
    await removeClasses({ ...common, ...call, model: bundle, name: 'poppy' })
    await rollback({ ...call, model: bundle })
  }),
  abortable('rename, there and back', async ({ bundle }, call) => {
    await renameClass({ ...call, model: bundle, name: 'orchid', to: 'Orchidee' })
    await renameClass({ ...call, model: bundle, name: 'Orchidee', to: 'orchid' })
  }),
  abortable('classify', async ({ common, bundle, path }, call) => {
    const classifier = await loadClassifier({ ...common, model: bundle })
    try {
      for await (const result of classifier.classify(picturesIn(path), call)) void result
    } finally {
      await classifier.close()
    }
  }),
  abortable('classify, and stop listening', async ({ common, bundle, path }, call) => {
    const classifier = await loadClassifier({ ...common, model: bundle })
    try {
      for await (const result of classifier.classify(picturesIn(path), call)) if (!('error' in result)) break
    } finally {
      await classifier.close()
    }
  }),
  abortable('evaluate', async ({ common, bundle, path }, call) => {
    await evaluate({ ...common, ...call, model: bundle, folder: path('test') })
  }),
  abortable('evaluate with a report', async ({ common, bundle, path }, call) => {
    await evaluate({
      ...common,
      ...call,
      model: bundle,
      folder: path('test'),
      report: { file: path('out', 'report.html') },
    })
    await rm(path('out', 'report.html'))
  }),
  abortable('write answers', async ({ common, bundle, path }, call) => {
    const out = path('out', 'answers.jsonl')
    await writeAnswers({ ...common, ...call, model: bundle, images: [path('test')], out })
    await rm(out)
    await rm(`${out}.run.json`, { force: true })
  }),
  abortable('advise', async ({ common, bundle, path }, call) => {
    await advise({ ...common, ...call, model: bundle, folder: path('test') })
  }),
  abortable('suggest', async ({ common, bundle, path }, call) => {
    await suggest({ ...common, ...call, model: bundle, folder: path('flowers'), n: 3 })
  }),
  abortable('learning curve', async ({ common, base, path }, call) => {
    await learningCurve({ ...common, ...base, ...call, folder: path('flowers') })
  }),
  abortable('compare', async ({ common, bundle, path }, call) => {
    await diffBundles({ ...common, ...call, before: { model: bundle }, after: { model: bundle }, folder: path('test') })
  }),
  abortable('export a file', async ({ common: { cacheDir }, bundle, path }, call) => {
    await exportModel({
      ...call,
      cacheDir,
      model: bundle,
      format: 'onnx',
      input: 'float',
      out: path('out', 'exported.onnx'),
    })
    await rm(path('out', 'exported.onnx'))
  }),
  abortable('export a folder', async ({ common: { cacheDir }, bundle, path }, call) => {
    await exportModel({ ...call, cacheDir, model: bundle, format: 'triton', out: path('out', 'exported') })
    await rm(path('out', 'exported'), { recursive: true })
  }),
  abortable('features, out and in', async ({ common, base, path }, call) => {
    const part = path('out', 'part.safetensors')
    await extractFeatures({ ...common, ...base, ...call, folder: path('test'), out: part })
    await mergeFeatures({ ...call, cacheDir: path('out', 'cache'), parts: [part] })
    await rm(part)
    await rm(path('out', 'cache'), { recursive: true })
  }),
  abortable('inspect', async ({ common: { cacheDir }, base }, call) => {
    await inspectModel({ ...call, cacheDir, file: base.model, input: base.input })
  }),
  plain('read', async ({ common, bundle }) => {
    await Promise.all([history({ model: bundle }), listLabels({ ...common, model: bundle }), cacheInfo(common)])
  }),
  plain('serve', async ({ common, bundle, path }) => {
    await using service = await serve({ ...common, models: [{ model: bundle }], port: 0 })
    const [picture] = picturesIn(path)
    const { status, text } = await post(`${service.url}/predict`, await readFile(picture!))
    if (status !== 200) throw new Error(`/predict answered ${status}: ${text}`)
  }),
]

function abortable(name: string, run: LibraryCall['run']): LibraryCall {
  return { name, canBeAborted: true, run }
}

function plain(name: string, run: LibraryCall['run']): LibraryCall {
  return { name, canBeAborted: false, run }
}

function picturesIn(path: TinyWorld['path']): string[] {
  return ['bluebell', 'orchid', 'poppy'].flatMap((label) =>
    readdirSync(path('test', label)).map((name) => path('test', label, name)),
  )
}

/** Posts a picture on a connection of its own: `fetch` keeps what it has of every port, for as long as it lives. */
async function post(url: string, picture: Uint8Array): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { 'content-type': 'image/jpeg', connection: 'close' }
  const sent = request(url, { method: 'POST', agent: false, headers }).end(picture)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part as string
  return { status: response.statusCode ?? 0, text }
}
