/**
 * Entry point for CommonJS programs: `require` loads the library's ES modules (Node 20.19 or later), so there is only
 * one copy of it.
 */
export * from './index.js'
