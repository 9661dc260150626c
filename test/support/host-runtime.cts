// Stands for onnxruntime-node in tests: the host's own.
module.exports = (globalThis as unknown as { hostRequire: (name: string) => unknown }).hostRequire('onnxruntime-node')
