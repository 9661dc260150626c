#!/usr/bin/env node
import { availableParallelism } from 'node:os'

// What is read once, when something starts for the first time: nothing else of the program is loaded yet.
const { env } = process
// Pictures are decoded in Node's threads: four, unless told otherwise, which would hold up a GPU. More than sixteen
// were not tried.
env.UV_THREADPOOL_SIZE ??= String(Math.min(16, Math.max(4, availableParallelism())))
// ONNX Runtime otherwise tells Microsoft what runs where, and keeps a database for it in the home folder.
env.ORT_DISABLE_TELEMETRY ??= '1'
// CUDA otherwise multiplies float32 matrices with ten-bit mantissas, too few for the gradients that heads are trained
// with.
env.NVIDIA_TF32_OVERRIDE ??= '0'
// The install script of onnxruntime-node, which setup-cuda runs, knows proxies by names of its own only.
for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']) {
  const value = env[name.toLowerCase()] ?? env[name]
  if (value !== undefined) env[`GLOBAL_AGENT_${name}`] ??= value
}

void import('./main.js').then(({ main }) => main())
