#!/usr/bin/env node
import { availableParallelism } from 'node:os'

// Environment variables that are read once at startup of a library: set before any other module of the program is
// loaded.
const { env } = process
// Images are decoded in Node's thread pool; its default of four threads would stall a GPU. More than sixteen were not
// tested.
env.UV_THREADPOOL_SIZE ??= String(Math.min(16, Math.max(4, availableParallelism())))
// Turns off telemetry: ONNX Runtime would report usage to Microsoft, and keep a database for that in the home folder.
env.ORT_DISABLE_TELEMETRY ??= '1'
// Turns off TF32: its ten-bit mantissas are too imprecise for the gradients of training.
env.NVIDIA_TF32_OVERRIDE ??= '0'
// The install script of onnxruntime-node, which setup-cuda runs, reads proxies only from variables of its own.
for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']) {
  const value = env[name.toLowerCase()] ?? env[name]
  if (value !== undefined) env[`GLOBAL_AGENT_${name}`] ??= value
}

void import('./main.js').then(({ main }) => main())
