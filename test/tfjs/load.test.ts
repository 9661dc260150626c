import { expect, test } from '@jest/globals'
import { loadTfjs } from '../../src/tfjs/load.js'

const missing = (name: string) => Promise.reject(new Error(`Cannot find package '${name}'`))

/** A package that records which backend is asked for; `backends` says which of them start. */
function fake(backends: readonly string[]) {
  const asked: string[] = []
  const setBackend = (name: string) => {
    asked.push(name)
    return Promise.resolve(backends.includes(name))
  }
  const add = (a: number, b: number) => a + b
  const tidy = (compute: () => unknown) => compute()
  return { asked, enableProdMode: () => undefined, setBackend, ready: () => Promise.resolve(), add, tidy }
}

test('native packages come first, and one that does not start is passed over', async () => {
  const native = fake(['tensorflow'])
  const loaded = await loadTfjs((name) =>
    name === '@tensorflow/tfjs-node' ? Promise.resolve({ default: native }) : missing(name),
  )
  expect(loaded).toBe(native)
  const broken = fake([])
  const plain = fake(['wasm'])
  expect(
    await loadTfjs((name) =>
      Promise.resolve(name === '@tensorflow/tfjs' ? plain : name.includes('node') ? { default: broken } : {}),
    ),
  ).toBe(plain)
  expect(plain.asked).toEqual(['wasm'])
})

test('a native package whose operators fail is passed over as well', async () => {
  const add = () => {
    throw new TypeError('(0 , util_1.isNullOrUndefined) is not a function')
  }
  const old = { ...fake(['tensorflow']), add }
  const plain = fake(['cpu'])
  const load = (name: string) =>
    name.includes('node') ? Promise.resolve(old) : name === '@tensorflow/tfjs' ? Promise.resolve(plain) : missing(name)
  expect(await loadTfjs(load)).toBe(plain)
  await expect(
    loadTfjs((name) => (name.includes('node') ? Promise.resolve(old) : missing(name))),
  ).rejects.toMatchObject({
    data: { failures: expect.arrayContaining([expect.stringContaining('isNullOrUndefined')]) },
  })
})

test('without the package of the WebAssembly backend the plain one runs', async () => {
  const plain = fake(['cpu', 'wasm'])
  await loadTfjs((name) => (name === '@tensorflow/tfjs' ? Promise.resolve(plain) : missing(name)))
  expect(plain.asked).toEqual(['cpu'])
})

test('where nothing loads, the error says what to install, and keeps the reasons', async () => {
  await expect(loadTfjs(missing)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('npm install @tensorflow/tfjs'),
    data: { failures: expect.arrayContaining([expect.stringContaining('@tensorflow/tfjs-node-gpu: Cannot find')]) },
  })
})
