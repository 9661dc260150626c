import { env } from 'node:process'

// Tests run on what tsc wrote into dist/, so what is tested is what ships; see test/support/environment.ts for the
// environment. TF32 is off as `extend` has it (src/cli/start.ts): the libraries of CUDA read it when they are loaded.
env.NVIDIA_TF32_OVERRIDE ??= '0'

export default {
  testEnvironment: '<rootDir>/dist/test/support/environment.js',
  roots: ['<rootDir>/dist/test'],
  testSequencer: '<rootDir>/jest.sequencer.js',
  testMatch: ['**/*.test.js'],
  transform: {},
  // The binding of ONNX Runtime aborts where a second sandbox loads it: all take the host's. Nor can a sandbox require
  // ES modules, as @fastify/static does.
  moduleNameMapper: {
    '^onnxruntime-node$': '<rootDir>/dist/test/support/host-runtime.cjs',
    '^content-disposition$': '<rootDir>/dist/test/support/host-content-disposition.cjs',
  },
  maxWorkers: 2,
  // Sandboxes leave memory behind.
  workerIdleMemoryLimit: '1GB',
  // Ends a hang. Nothing else: machines are slow or busy.
  testTimeout: 300_000,
}
