import { gzipSync } from 'node:zlib'
import { pack, type Header } from 'tar-stream'
import { picturesOfTar } from '../../../src/answers/tar-pictures.js'
import { mutateTar } from '../mutate/tar.js'
import { fileReader } from './reader.js'

/** A tar of pictures: every one is read. */
export const tar = fileReader(
  'tar',
  'a.tar',
  async () => {
    const plain = await archive([
      { name: 'a/b.png' },
      { name: 'c.jpg' },
      { name: 'd', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'e/', type: 'directory' },
      { name: 'f'.repeat(150), pax: { path: `${'f'.repeat(150)}.png` } },
    ])
    return [plain, gzipSync(plain)]
  },
  mutateTar,
  async (path) => {
    for await (const { content } of picturesOfTar(path, () => undefined)) {
      // A picture that cannot be read is told of, and the others go on.
      await content?.()
    }
  },
)

async function archive(members: readonly (Partial<Header> & { readonly name: string })[]): Promise<Buffer> {
  const made = pack()
  for (const member of members) made.entry(member, member.type === undefined ? 'content' : '')
  made.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of made) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
