import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { tinyService } from './tiny-service.js'

// Triton's own client, as it comes from PyPI, asks for everything that the protocol has, in every way that it knows.
const script = `
import json, sys
import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

url, *files = sys.argv[1:]
client = triton.InferenceServerClient(url)
said = {}
said['health'] = [client.is_server_live(), client.is_server_ready(), client.is_model_ready('bundle'),
                  client.is_model_ready('bundle', '1'), client.is_model_ready('bundle', '9'), client.is_model_ready('x')]
said['server'] = client.get_server_metadata()['extensions']
said['model'] = client.get_model_metadata('bundle', '1')

pictures = np.array([open(file, 'rb').read() for file in files], dtype=np.object_)
encoded = triton.InferInput('image', [len(files)], 'BYTES')
encoded.set_data_from_numpy(pictures)
height, width = (said['model']['inputs'][0]['parameters'][side] for side in ('height', 'width'))

def answer(inputs, outputs=None, **options):
    result = client.infer('bundle', inputs, outputs=outputs, **options)
    if outputs is None:
        assert result.get_response()['outputs'][0]['parameters']['binary_data_size'] > 0
    values = {o['name']: result.as_numpy(o['name']) for o in result.get_response()['outputs']}
    for name in values: assert values[name].dtype == (np.float32 if name in ('probabilities', 'logits') else np.object_), name
    return result, {name: value.tolist() for name, value in values.items()}

def texts(values): return [v.decode() if isinstance(v, bytes) else v for v in values]

_, all_binary = answer([encoded])
wanted = [triton.InferRequestedOutput(name, binary_data=False) for name in ('label', 'probabilities', 'logits')]
_, all_json = answer([encoded], wanted)
assert texts(all_binary['label']) == all_json['label']
assert all_binary['probabilities'] == all_json['probabilities'] and all_binary['logits'] == all_json['logits']
for compression in ('gzip', 'deflate'):
    _, other = answer([encoded], request_compression_algorithm=compression, response_compression_algorithm=compression)
    assert other == all_binary
result, _ = answer([encoded], request_id='of mine', model_version='1', sequence_id=5, priority=1, timeout=10**6)
said['response'] = {key: result.get_response()[key] for key in ('model_name', 'model_version', 'id')}
future = client.async_infer('bundle', [encoded])
assert future.get_result().as_numpy('label').tolist() == all_binary['label']
best = client.infer('bundle', [encoded], outputs=[triton.InferRequestedOutput('probabilities', class_count=2)])
said['best'] = [texts(row) for row in best.as_numpy('probabilities').tolist()]

pixels = np.random.default_rng(7).integers(0, 256, (3, height, width, 3), dtype=np.uint8)
for binary in (True, False):
    tensor = triton.InferInput('image', list(pixels.shape), 'UINT8')
    tensor.set_data_from_numpy(pixels, binary_data=binary)
    _, of_pixels = answer([tensor])
    if binary: first = of_pixels
assert of_pixels == first
said['pixels'] = np.array(first['probabilities']).shape

import base64
in_json = triton.InferInput('image', [len(files)], 'BYTES')
in_json.set_data_from_numpy(np.array([base64.b64encode(p) for p in pictures], dtype=np.object_), binary_data=False)
assert answer([in_json])[1] == all_binary

said['errors'] = []
wrong = triton.InferInput('image', [1], 'BYTES')
wrong.set_data_from_numpy(np.array([b'no picture'], dtype=np.object_))
for model, inputs in (('x', [encoded]), ('bundle', [wrong]), ('bundle', [])):
    try: client.infer(model, inputs)
    except InferenceServerException as error: said['errors'].append([error.status(), error.message()])
said['label'] = texts(all_binary['label'])
said['probabilities'] = all_binary['probabilities']
print(json.dumps(said))
`

const python = spawnSync('python3', ['-c', 'import tritonclient.http'])
const hasClient = python.status === 0

describe("Triton's client", () => {
  ;(hasClient ? test : test.skip)(
    `gets every answer${hasClient ? '' : ' (skipped: python3 has no tritonclient[http])'}`,
    async () => {
      await using service = await tinyService()
      const call = ['-c', script, service.url.replace('http://', ''), ...service.files]
      const { stdout } = await promisify(execFile)('python3', call)
      const said = JSON.parse(stdout) as Record<string, unknown>
      expect(said).toMatchObject({
        health: [true, true, true, true, false, false],
        server: ['binary_tensor_data', 'classification'],
        model: { name: 'bundle', versions: ['1'], inputs: [{ name: 'image', datatype: 'BYTES', shape: [-1] }] },
        response: { model_name: 'bundle', model_version: '1', id: 'of mine' },
        label: ['red', 'red', 'green', 'green'],
        pixels: [3, 12],
        errors: [
          ['404', expect.any(String)],
          ['422', expect.any(String)],
          ['400', expect.any(String)],
        ],
      })
      const best = (said['best'] as string[][]).map((row) => row.map((text) => Number(text.split(':')[1])))
      const probabilities = said['probabilities'] as number[][]
      const sorted = probabilities.map((row) => row.map((_, i) => i).sort((a, b) => row[b]! - row[a]!))
      expect(best).toEqual(sorted.map((indices) => indices.slice(0, 2)))
    },
  )
})
