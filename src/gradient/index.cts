/** Entry point for CommonJS programs, as that of the whole library. */
export * from './index.js'
