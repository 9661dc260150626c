import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { tinyService } from './tiny-service.js'

// KServe's own client, as it comes from PyPI.
const script = `
import asyncio, base64, json, sys
import numpy as np
from kserve import InferInput, InferenceRESTClient, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

url, *files = sys.argv[1:]
pictures = [open(file, 'rb').read() for file in files]

async def ask():
    client = InferenceRESTClient(RESTConfig(protocol='v2', retries=0))
    said = {'health': [await call for call in (client.is_server_live(url), client.is_server_ready(url),
                                               client.is_model_ready(url, 'bundle'))]}
    async def infer(tensor, **more):
        response = await client.infer(url, InferRequest('bundle', [tensor], **more), model_name='bundle')
        return response.id, {output.name: output.as_numpy().tolist() for output in response.outputs}
    as_bytes = InferInput('image', [len(files)], 'BYTES')
    as_bytes.set_data_from_numpy(np.array(pictures, dtype=np.object_), binary_data=True)
    in_json = InferInput('image', [len(files)], 'BYTES', data=[base64.b64encode(p).decode() for p in pictures])
    said['id'], said['values'] = await infer(in_json, request_id='of mine')
    assert (await infer(as_bytes))[1] == said['values']
    only = [RequestedOutput('label', {'binary_data': True})]
    said['only'] = (await infer(as_bytes, request_outputs=only))[1]
    in_json.data = ['bm8gcGljdHVyZQ==']
    in_json._shape = [1]
    try: await infer(in_json)
    except Exception as error: said['error'] = str(error)
    return said

print(json.dumps(asyncio.run(ask())))
`

const hasClient = spawnSync('python3', ['-c', 'from kserve import InferenceRESTClient']).status === 0

describe("KServe's client", () => {
  ;(hasClient ? test : test.skip)(
    `gets its answers${hasClient ? '' : ' (skipped: python3 has no kserve)'}`,
    async () => {
      await using service = await tinyService()
      const { stdout } = await promisify(execFile)('python3', ['-c', script, service.url, ...service.files])
      const { values, ...said } = JSON.parse(stdout) as { values: Record<string, unknown[]> }
      const labels = ['red', 'red', 'green', 'green']
      expect(said).toEqual({
        health: [true, true, true],
        id: 'of mine',
        only: { label: labels },
        error: expect.stringContaining('text file'),
      })
      expect(values).toMatchObject({ label: labels })
      expect(values['probabilities']).toHaveLength(4)
      expect(values['logits']).toHaveLength(4)
    },
  )
})
