import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { serveHub } from '../../../test/fetch/hub-server.js'
import { serve, type FileServer } from '../../../test/fetch/file-server.js'
import { asItIs, type Inputs } from '../inputs.js'
import type { Scenario } from '../scenario.js'

const commit = 'a'.repeat(40)
const model = 'onnx/model.onnx'

/** A hub on this machine that is slow, so that transfers are met. */
export interface SlowHub extends AsyncDisposable {
  readonly scenario: Scenario
}

/** A command that fetches a model whose hash is known before it comes. */
export async function slowHub({ model: file, one }: Inputs): Promise<SlowHub> {
  const bytes = readFileSync(file)
  const store = await serveSlowly(bytes)
  const hub = await serveHub(
    () => ({ name: 'ada/net', commit, files: { [model]: bytes } }),
    () => store.url,
  )
  return {
    scenario: {
      name: 'download',
      before: [],
      command: ['features', one, '--model', 'hf:ada/net', ...asItIs.slice(2)],
      target: join('cache', 'models', 'hub', 'ada--net', commit, model),
      kind: 'file',
      env: { HF_ENDPOINT: hub.url },
    },
    async [Symbol.asyncDispose]() {
      await hub.close()
      await store.close()
    },
  }
}

/** Sends a file in twenty pieces, from the byte that is asked for. */
function serveSlowly(bytes: Uint8Array): Promise<FileServer> {
  return serve((request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': bytes.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    void (async () => {
      const step = Math.ceil(bytes.length / 20)
      for (let at = from; at < bytes.length && !response.destroyed; at += step) {
        response.write(bytes.subarray(at, at + step))
        await setTimeout(20)
      }
      response.end()
    })()
  })
}
