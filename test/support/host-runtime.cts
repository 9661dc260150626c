// Stands for onnxruntime-node in tests: the host's own.
module.exports = (globalThis as unknown as { hostRuntime: unknown }).hostRuntime
