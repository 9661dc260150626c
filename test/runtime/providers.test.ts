import { expect, test } from '@jest/globals'
import { wordsOf } from '../../src/cli/remedies.js'
import type { ProviderProblem } from '../../src/runtime/cuda-failure.js'
import { diagnoseProviders } from '../../src/runtime/diagnose-providers.js'
import { chooseProvider } from '../../src/runtime/providers.js'

const providers = await diagnoseProviders()
const cuda = providers.find(({ name }) => name === 'cuda')!

test('the CPU is always there, and what is missing has a reason and a remedy', () => {
  expect(providers[0]).toEqual({ name: 'cpu', available: true })
  if (cuda.available) return
  expect(cuda.reason).not.toBe('')
  expect(wordsOf(cuda.remedy)).not.toBe('')
})

test('auto takes CUDA exactly where it can be loaded', async () => {
  expect(await chooseProvider('auto')).toBe(cuda.available ? 'cuda' : 'cpu')
})

const withoutCuda = cuda.available ? test.skip : test

withoutCuda('CUDA that was asked for and is not there is an error with the cause', async () => {
  const { reason, remedy } = cuda as ProviderProblem
  await expect(chooseProvider('cuda')).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: `The CUDA execution provider cannot be loaded: ${reason}.`,
    remedy: { kind: 'mend-or-use-cpu', mend: remedy },
  })
})
