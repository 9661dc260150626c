import { describe, expect, test } from '@jest/globals'
import { Budget } from '../../src/core/budget.js'

const { signal } = new AbortController()

/** Takes some, and notes when it has it. */
function asking(budget: Budget) {
  const served: string[] = []
  const ask = async (name: string, amount: number, by: AbortSignal = signal) => {
    const giveBack = await budget.take(amount, by)
    served.push(name)
    return giveBack
  }
  return { served, ask }
}

describe('Budget', () => {
  test('who asks for more than is left waits, in the order of asking', async () => {
    const { served, ask } = asking(new Budget(10))
    const first = await ask('first', 6)
    const large = ask('large', 8)
    const small = ask('small', 1)
    await Promise.resolve()
    // There would be enough for the small one, but the large one came before it.
    expect(served).toEqual(['first'])
    first()
    const giveBack = await large
    await small
    expect(served).toEqual(['first', 'large', 'small'])
    giveBack()
    await ask('all', 9)
  })

  test('more than there is in all counts as all', async () => {
    const { served, ask } = asking(new Budget(10))
    const all = await ask('all', 1000)
    const next = ask('next', 1)
    await Promise.resolve()
    expect(served).toEqual(['all'])
    all()
    await next
    await ask('rest', 9)
  })

  test('who leaves makes room for those behind', async () => {
    const { served, ask } = asking(new Budget(10))
    await ask('first', 6)
    const gone = new AbortController()
    const large = ask('large', 8, gone.signal)
    const small = ask('small', 4)
    gone.abort(new Error('gone'))
    await expect(large).rejects.toThrow('gone')
    await small
    expect(served).toEqual(['first', 'small'])
    await expect(ask('late', 1, gone.signal)).rejects.toThrow('gone')
  })
})
