import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeFolderAtomic } from '../../src/core/atomic-folder.js'
import type { ModelCard } from '../../src/export/card.js'
import { cardFile, exportedFolder } from '../../src/export/files.js'
import { checkExportPlace } from '../../src/export/place.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
const site = () => join(folder(), 'site')
const check = () => checkExportPlace(site(), 'web')

async function exported(): Promise<void> {
  const card = { revision: 1 } as ModelCard
  await writeFolderAtomic(site(), exportedFolder(card, new Map([['assets/page.js', 'page']])))
}

test('an export may replace an earlier one', async () => {
  await check()
  await exported()
  await check()
  writeFileSync(join(site(), '.DS_Store'), '')
  await check()
})

test.each(['CNAME', '.git/HEAD', 'assets/own.js'])('an export that %s was put into is left alone', async (path) => {
  await exported()
  mkdirSync(join(site(), path, '..'), { recursive: true })
  writeFileSync(join(site(), path), 'mine')
  const message = `${site()} holds "${path}", which nplusk did not export.`
  await expect(check()).rejects.toMatchObject({ code: 'CONFLICT', message })
})

test('an export of an earlier version, which does not name its files, is left alone for hidden ones', async () => {
  await exported()
  writeFileSync(join(site(), cardFile), '{}')
  await check()
  mkdirSync(join(site(), '.git'))
  await expect(check()).rejects.toMatchObject({ code: 'CONFLICT' })
})
