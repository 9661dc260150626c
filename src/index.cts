/**
 * The same for programs in CommonJS: one copy of the library, which `require` loads as the modules it is (Node 20.19
 * on).
 */
export * from './index.js'
