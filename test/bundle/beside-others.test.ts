import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { besideOthers } from '../../src/bundle/beside-others.js'
import { readBundle } from '../../src/bundle/bundle.js'
import { writeBundle } from '../../src/bundle/write.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { tinyChange } from './tiny-bundle.js'

const folder = temporaryFolder()
const place = () => join(folder(), 'bundle')

test('a file that is gone since another process changed the bundle is a conflict, and else what it is', async () => {
  await writeBundle(place(), tinyChange(1, ['flowers']))
  const bundle = await readBundle(place())
  const { features } = bundle.manifest.increments[0]!
  const deleting = besideOthers(place(), async () => {
    await writeBundle(place(), tinyChange(2, ['birds']))
    await rm(join(place(), features))
    return bundle.increments()
  })
  await expect(deleting).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('Another process'),
  })

  const current = await readBundle(place())
  await rm(join(place(), current.manifest.increments[0]!.features))
  await expect(besideOthers(place(), () => current.increments())).rejects.toMatchObject({ code: 'BAD_BUNDLE' })
})
