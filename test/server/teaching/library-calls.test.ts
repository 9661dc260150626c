import { expect, test } from '@jest/globals'
import { revisionIdOf } from '../../../src/bundle/history/revision-file.js'
import { readBundle } from '../../../src/bundle/bundle.js'
import { libraryCalls } from '../../../src/server/teaching/library-calls.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { tinyPlace } from '../../training/tiny-extension.js'

const folder = temporaryFolder()

test('a lesson cannot be undone where what was before it is not kept, and that is a conflict', async () => {
  const place = tinyPlace(folder())
  const { bundle } = await place.add({ add: [await place.draw('one', { red: 6 })] })
  const more = { model: bundle, input: {}, keep: 0 }
  const { revision, increment } = await place.add({ ...more, add: [await place.draw('two', { blue: 6 })] })
  const { manifest } = await readBundle(bundle)
  const taught = { bundle, before: revision - 1, revision, id: revisionIdOf(manifest).id, increment: increment.name }
  const { cacheDir } = place
  await expect(libraryCalls.undo({ taught, command: 'teach', cacheDir, device: 'cpu' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/does not keep/),
  })
  expect((await readBundle(bundle)).manifest).toEqual(manifest)
})
