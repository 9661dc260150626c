import { closeSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { open, type RootDatabase } from 'lmdb'
import { isWholeStore, readStoreMeta } from '../../src/features/store-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const path = () => join(folder(), 'store.lmdb')

/** What lmdb says of an open database; its declarations leave it out. */
interface Stats {
  readonly pageSize: number
  readonly lastPageNumber: number
  readonly lastTxnId: number
}

async function withDatabase<T>(use: (database: RootDatabase<Buffer, string>) => T): Promise<T> {
  const database = open<Buffer, string>({ path: path(), encoding: 'binary', noSubdir: true })
  try {
    return use(database)
  } finally {
    await database.close()
  }
}

describe('the file of the installed lmdb', () => {
  test('has page size, last page and transaction where they are looked for, after every transaction', async () => {
    await withDatabase((database) => {
      for (let i = 1; i <= 6; i++) {
        // Of different sizes, now and then freed again: the last page and the transaction do not grow alike.
        database.transactionSync(() => database.putSync(`key ${i % 4}`, Buffer.alloc(i * 3000, i)))
        const { pageSize, lastPageNumber, lastTxnId } = database.getStats() as Stats
        const file = openSync(path(), 'r')
        expect(readStoreMeta(file)).toEqual({ pageSize, lastPage: lastPageNumber, transaction: BigInt(lastTxnId) })
        closeSync(file)
        expect(lastTxnId).toBe(i)
      }
    })
  })

  test('is whole up to its last page, and not a byte shorter', async () => {
    const last = await withDatabase((database) => {
      database.transactionSync(() => database.putSync('key', Buffer.alloc(50_000, 1)))
      const { pageSize, lastPageNumber } = database.getStats() as Stats
      return (lastPageNumber + 1) * pageSize
    })
    truncateSync(path(), last)
    expect(isWholeStore(path())).toBe(true)
    expect(await withDatabase((database) => database.getBinary('key')!.length)).toBe(50_000)
    truncateSync(path(), last - 1)
    expect(isWholeStore(path())).toBe(false)
  })

  test('that is not there, or empty, is no damage; another file is', () => {
    expect(isWholeStore(path())).toBe(true)
    writeFileSync(path(), '')
    expect(isWholeStore(path())).toBe(true)
    writeFileSync(path(), 'something else '.repeat(1000))
    expect(isWholeStore(path())).toBe(false)
  })
})

test('package.json pins the version whose file is known', () => {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const { dependencies } = read('package.json') as { dependencies: Record<string, string> }
  expect(dependencies['lmdb']).toBe(read('node_modules/lmdb/package.json')['version'])
})
