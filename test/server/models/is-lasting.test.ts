import { expect, test } from '@jest/globals'
import { NpluskError } from '../../../src/core/errors.js'
import { isLasting } from '../../../src/server/models/is-lasting.js'

const damaged = (cause?: unknown) => new NpluskError('BAD_BUNDLE', '/srv/model.onnx is damaged.', { cause })
const refused = (reason: string) => new NpluskError('BAD_MODEL', `ONNX Runtime cannot load the model: ${reason}.`)

test.each<[string, unknown]>([
  ['a damaged bundle', damaged()],
  ['a model that the runtime refuses', damaged(refused('Protobuf parsing failed'))],
  ['scores that are no numbers', new NpluskError('BAD_MODEL', 'It answers with scores that are no finite numbers.')],
])('%s stays so', (_, error) => {
  expect(isLasting(error)).toBe(true)
})

test.each<[string, unknown]>([
  ['too many open files', new NpluskError('IO', 'Cannot read /srv/model.onnx: too many files are open.')],
  ['a disk that fails', Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })],
  ['a bundle that is gone', new NpluskError('NOT_FOUND', '/srv is not a bundle.')],
  ['a device that is not there', new NpluskError('DEVICE_UNAVAILABLE', 'The CUDA provider cannot be loaded.')],
  ['a GPU without memory', damaged(refused('CUDA failure 2: out of memory'))],
  ['a GPU without memory for a kernel', refused('CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED')],
  ['no memory', damaged(refused('std::bad_alloc'))],
  ['no memory of one piece', refused('Failed to allocate memory for requested buffer of size 102760448')],
  [
    'no thread',
    new NpluskError('BAD_MODEL', 'The thread that runs the model has stopped: EMFILE; open the model again.'),
  ],
])('%s may pass', (_, error) => {
  expect(isLasting(error)).toBe(false)
})
