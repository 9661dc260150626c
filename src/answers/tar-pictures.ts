import { basename, dirname } from 'node:path/posix'
import { noImages } from '../folders/folder.js'
import { PassedOverCount, type PassedOver } from '../folders/passed-over.js'
import { isSystemName } from '../folders/system-names.js'
import { headSize, kindOf } from '../image/kinds.js'
import { unusable } from '../image/problems.js'
import { isPictureName } from '../image/sniff.js'
import type { ListedPicture, OnPassedOver } from './listed-picture.js'
import { tarMembers, type TarMember } from './tar-members.js'

/** Bytes of a picture in an archive beyond which it is not read: several are in memory at once. */
const maxMemberSize = 2 ** 27

/**
 * Yields the pictures in a tar file, compressed by gzip or not, in its order, and reads it as a stream: nothing is
 * unpacked, and of one member at a time at most a picture's content is in memory. As in a folder, pictures are told by
 * their names or by their content, and what systems leave behind is ignored.
 *
 * An archive that cannot be read to its end gives one picture more, of the archive's own name, which says why; so does
 * one without pictures.
 */
export async function* picturesOfTar(
  archive: string,
  onPassedOver: OnPassedOver,
): AsyncGenerator<ListedPicture, void, void> {
  const passedOver = new PassedOverCount()
  let isEmpty = true
  const passOver = (member: TarMember, kind: string) => {
    const one: PassedOver = { file: `${archive}/${member.name}`, kind }
    passedOver.add([one])
    onPassedOver([one])
  }
  try {
    for await (const member of tarMembers(archive)) {
      if (isIgnored(member)) continue
      const other = await otherKind(member)
      if (other !== undefined) {
        passOver(member, other)
        continue
      }
      isEmpty = false
      const file = `${archive}/${member.name}`
      yield { file, key: member.name, content: () => contentOf(member, file) }
    }
    if (isEmpty) yield unreadable(archive, noImages(archive, passedOver.kinds()))
  } catch (error) {
    yield unreadable(archive, error)
  }
}

function unreadable(archive: string, error: unknown): ListedPicture {
  return { file: archive, key: archive, content: () => Promise.reject(error as Error) }
}

function isIgnored({ name, type }: TarMember): boolean {
  const folders = dirname(name).split('/')
  return (
    type === 'directory' ||
    isSystemName(basename(name), false) ||
    folders.some((folder) => folder !== '.' && isSystemName(folder, true))
  )
}

/** What a member is, if it is no picture. */
async function otherKind(member: TarMember): Promise<string | undefined> {
  const { name, type } = member
  if (type === 'link' || type === 'symlink') return 'link'
  if (type === 'special') return 'device'
  if (basename(name).startsWith('.')) return 'hidden file'
  if (isPictureName(name)) return undefined
  const kind = kindOf(await member.head(headSize))
  return 'picture' in kind ? undefined : kind.other
}

async function contentOf(member: TarMember, file: string): Promise<Uint8Array> {
  if (member.type === 'sparse') {
    throw unusable(file, {
      reason: 'it is stored as a sparse file',
      remedy: 'pack the archive again without that option',
    })
  }
  if (member.size > maxMemberSize) {
    throw unusable(file, { reason: `it has more than ${maxMemberSize / 2 ** 20} MB`, remedy: 'unpack it' })
  }
  try {
    return await member.read()
  } catch (error) {
    throw unusable(file, { reason: 'its archive is damaged there' }, error)
  }
}
