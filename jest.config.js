// Tests run on what tsc wrote into dist/, so what is tested is what ships; see test/support/environment.ts for the environment.
export default {
  testEnvironment: '<rootDir>/dist/test/support/environment.js',
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
  maxWorkers: 2,
  testTimeout: 120_000,
}
