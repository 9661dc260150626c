import { createRequire } from 'node:module'
import { TestEnvironment } from 'jest-environment-node'

/**
 * Jest's sandbox has typed-array constructors of its own, and native code (onnxruntime, sharp) rejects arrays
 * made by them (https://github.com/jestjs/jest/issues/11864): give the sandbox the host's.
 */
export default class NativeArraysEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup()
    const load = createRequire(import.meta.url)
    Object.assign(this.global, {
      hostRequire: (name: string) => load(name) as unknown,
      ArrayBuffer,
      SharedArrayBuffer,
      DataView,
      Uint8Array,
      Uint8ClampedArray,
      Int8Array,
      Uint16Array,
      Int16Array,
      Uint32Array,
      Int32Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
    })
  }
}
