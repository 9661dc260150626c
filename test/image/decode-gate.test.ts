import { expect, test } from '@jest/globals'
import { DecodeGate } from '../../src/image/decode-gate.js'

/** A task that ends when told to. */
function work(log: string[], name: string) {
  let finish = (): void => undefined
  const end = new Promise<void>((resolve) => (finish = resolve))
  return {
    finish,
    run: async () => {
      log.push(`+${name}`)
      await end
      log.push(`-${name}`)
      return name
    },
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('what runs alone waits for all before it, and all after it waits', async () => {
  const gate = new DecodeGate()
  const log: string[] = []
  const [a, b, lone, other, c] = ['a', 'b', 'lone', 'other', 'c'].map((name) => work(log, name))
  const results = [gate.together(a!.run), gate.together(b!.run)]
  await settle()
  results.push(gate.alone(lone!.run), gate.alone(other!.run), gate.together(c!.run))
  await settle()
  expect(log).toEqual(['+a', '+b'])
  for (const one of [b, a, lone, other, c]) {
    one!.finish()
    await settle()
  }
  expect(log).toEqual(['+a', '+b', '-b', '-a', '+lone', '-lone', '+other', '-other', '+c', '-c'])
  expect(await Promise.all(results)).toEqual(['a', 'b', 'lone', 'other', 'c'])
})

test('a failure is that of its own work, and holds nobody up', async () => {
  const gate = new DecodeGate()
  const fail = () => Promise.reject(new Error('bad'))
  await expect(gate.together(fail)).rejects.toThrow('bad')
  await expect(gate.alone(fail)).rejects.toThrow('bad')
  expect(await gate.together(() => Promise.resolve(1))).toBe(1)
  expect(await gate.alone(() => Promise.resolve(2))).toBe(2)
})
