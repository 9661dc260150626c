import { expect, test } from '@jest/globals'
import { explainCudaFailure } from '../../src/runtime/cuda-failure.js'

// What ONNX Runtime 1.29 wrote on machines that lacked one thing after the other; paths shortened.
const prefix =
  '2026-11-22 21:19:42.549 [E:onnxruntime:onnxruntime-node, provider_bridge_ort.cc:2146 Create] provider_bridge_ort.cc:1988 [ONNXRuntimeError] : 1 : FAIL : '

test.each([
  [
    'provider not installed',
    'Failed to load library bin/libonnxruntime_providers_shared.so with error: bin/libonnxruntime_providers_shared.so: cannot open shared object file: No such file or directory\n\x1b[m',
    /provider is not installed/,
    /onnxruntime-node\/script\/install/,
  ],
  [
    'no CUDA libraries',
    'Failed to load library lib/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file or directory',
    /libcublasLt\.so\.13 is missing/,
    /LD_LIBRARY_PATH/,
  ],
  [
    'no driver',
    'Failed to load library lib/libonnxruntime_providers_cuda.so with error: libcuda.so.1: cannot open shared object file: No such file or directory',
    /no NVIDIA driver/,
    /install the NVIDIA driver/,
  ],
  [
    'no device',
    'CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; hostname=x',
    /^CUDA failure 100: no CUDA-capable device is detected$/,
    /nvidia-smi/,
  ],
])('%s', (_, log, reason, remedy) => {
  const problem = explainCudaFailure(prefix + log)
  expect(problem.reason).toMatch(reason)
  expect(problem.remedy).toMatch(remedy)
})

test('an unknown failure is told in its own words', () => {
  expect(explainCudaFailure('first\nlast words\n').reason).toBe('last words')
  expect(explainCudaFailure('').reason).toMatch(/crashed/)
})
