import { describe, expect, test } from '@jest/globals'
import { wordsOf } from '../../src/cli/remedies.js'
import { explainCudaFailure, explainMissing } from '../../src/runtime/cuda-failure.js'

// Logs of ONNX Runtime 1.29 on machines that each lacked one thing; paths shortened.
const prefix =
  '2026-11-22 21:19:42.549 [E:onnxruntime:onnxruntime-node, provider_bridge_ort.cc:2146 Create] provider_bridge_ort.cc:1988 [ONNXRuntimeError] : 1 : FAIL : '
const cuda = 'lib/libonnxruntime_providers_cuda.so'
const loading = `${prefix}Failed to load library ${cuda} with error: `

test.each([
  [
    'provider not installed',
    `${prefix}Failed to load library bin/libonnxruntime_providers_shared.so with error: bin/libonnxruntime_providers_shared.so: cannot open shared object file: No such file or directory\n\x1b[m`,
    /provider is not set up$/,
    /^run "extend setup-cuda"$/,
  ],
  [
    'no CUDA 13 libraries',
    `${loading}libcublasLt.so.13: cannot open shared object file: No such file or directory`,
    /the CUDA library libcublasLt\.so\.13 is missing$/,
    /CUDA 13 libraries.*cuda-libraries-13-0 libcudnn9-cuda-13.*LD_LIBRARY_PATH/,
  ],
  [
    'no CUDA 12 libraries',
    `${loading}libcublasLt.so.12: cannot open shared object file: No such file or directory`,
    /the CUDA library libcublasLt\.so\.12 is missing$/,
    /CUDA 12 libraries.*libcudnn9-cuda-12.*LD_LIBRARY_PATH/,
  ],
  [
    'no driver',
    `${loading}libcuda.so.1: cannot open shared object file: No such file or directory`,
    /^there is no NVIDIA driver \(libcuda\.so\.1 is missing\)$/,
    /^install the NVIDIA driver$/,
  ],
  [
    'no device',
    `${prefix}CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; hostname=x`,
    /^CUDA failure 100: no CUDA-capable device is detected$/,
    /nvidia-smi/,
  ],
  [
    'old driver',
    `${prefix}CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=0 ; hostname=x`,
    /^CUDA failure 35: CUDA driver version is insufficient/,
    /update the NVIDIA driver/,
  ],
  ['a cut file', `${loading}${cuda}: cannot read file data\n`, /providers_cuda\.so is damaged/, /setup-cuda" again/],
  ['no library', `${loading}${cuda}: file too short\n`, /providers_cuda\.so is damaged/, /setup-cuda" again/],
  [
    'other libraries of the same names',
    `${loading}${cuda}: undefined symbol: cublasLtMatmulDescDestroy, version libcublasLt.so.13\n\x1b[m`,
    /do not fit together \(undefined symbol: cublasLtMatmulDescDestroy\)$/,
    /ldd/,
  ],
])('%s', (_, log, reason, remedy) => {
  const problem = explainCudaFailure(log)
  expect(problem.reason).toMatch(reason)
  expect(wordsOf(problem.remedy)).toMatch(remedy)
})

test('an unknown failure is told in its own words', () => {
  expect(explainCudaFailure('first\nlast words\n').reason).toBe('last words')
  expect(explainCudaFailure('').reason).toMatch(/crashed/)
})

describe('several missing libraries', () => {
  test('are told at once, the driver apart from them', () => {
    const { reason, remedy } = explainMissing(['libcublas.so.13', 'libcurand.so.10', 'libcuda.so.1'])
    expect(reason).toBe(
      'the CUDA libraries libcublas.so.13, libcurand.so.10 are missing, and there is no NVIDIA driver (libcuda.so.1 is missing)',
    )
    expect(wordsOf(remedy)).toMatch(/^install the NVIDIA driver; install the CUDA 13 libraries and cuDNN 9/)
  })
})
