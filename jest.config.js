import { env } from 'node:process'

// Tests run on what tsc wrote into dist/, so what is tested is what ships; see test/support/environment.ts for the environment.
// As `extend` does for itself (src/cli/start.cts): the libraries of CUDA read it when they are loaded.
env.NVIDIA_TF32_OVERRIDE ??= '0'

export default {
  testEnvironment: '<rootDir>/dist/test/support/environment.js',
  roots: ['<rootDir>/dist/test'],
  testSequencer: '<rootDir>/jest.sequencer.js',
  testMatch: ['**/*.test.js'],
  transform: {},
  maxWorkers: 2,
  // A worker that opens a runtime session in a second sandbox aborts: take a new one for every file.
  workerIdleMemoryLimit: '1KB',
  testTimeout: 120_000,
}
