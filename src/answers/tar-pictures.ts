import { basename, dirname } from 'node:path/posix'
import { NpluskError } from '../core/errors.js'
import { quotedNames } from '../core/quoted-names.js'
import { describeKinds, type PassedOverKind } from '../folders/passed-over.js'
import { isSystemName } from '../folders/system-names.js'
import { headSize, kindOf, readFormatList } from '../image/kinds.js'
import { unusable } from '../image/problems.js'
import { isPictureName } from '../image/sniff.js'
import { unreadable, type ListedPicture, type OnPassedOver } from './listed-picture.js'
import { tarMembers, type TarMember } from './tar-members.js'

/** Bytes of a picture in an archive beyond which it is not read: several are in memory at once. */
const maxMemberSize = 2 ** 27

/** The kind of a tar file in which there is no picture. */
const withoutPictures = 'archive without pictures'

/**
 * Yields the pictures in a tar file, compressed by gzip or not, in its order, and reads it as a stream: nothing is
 * unpacked, and of one member at a time at most a picture's content is in memory. As in a folder, pictures are told by
 * their names or by their content, and what systems leave behind is ignored.
 *
 * An archive that cannot be read to its end gives one picture more, of the archive's own name, which says why. A whole
 * one without pictures is passed over itself.
 */
export async function* picturesOfTar(
  archive: string,
  onPassedOver: OnPassedOver,
): AsyncGenerator<ListedPicture, void, void> {
  let isEmpty = true
  try {
    for await (const member of tarMembers(archive)) {
      if (isIgnored(member)) continue
      const file = `${archive}/${member.name}`
      const other = await otherKind(member)
      if (other !== undefined) {
        onPassedOver([{ file, kind: other }])
        continue
      }
      isEmpty = false
      yield { file, key: member.name, content: () => contentOf(member, file) }
    }
    if (isEmpty) onPassedOver([{ file: archive, kind: withoutPictures }])
  } catch (error) {
    yield unreadable(archive, error)
  }
}

/**
 * The error for tar files without pictures.
 *
 * @param kinds what `picturesOfTar` has passed over
 */
export function noImagesInTars(kinds: readonly PassedOverKind[]): NpluskError {
  const { count, files } = kinds.find(({ kind }) => kind === withoutPictures)!
  const more = count > files.length ? ` and ${count - files.length} more` : ''
  const others = kinds.filter(({ kind }) => kind !== withoutPictures)
  const found = others.length === 0 ? '' : ` (but ${describeKinds(others)})`
  return new NpluskError(
    'BAD_INPUT',
    `No picture in ${quotedNames(files)}${more}${found}; give a tar file that holds pictures (${readFormatList}).`,
  )
}

function isIgnored({ name, type }: TarMember): boolean {
  // Nothing is unpacked, so that a name which leads out of the archive is one like any other.
  const folders = dirname(name)
    .split('/')
    .filter((folder) => folder !== '.' && folder !== '..')
  return (
    type === 'directory' || isSystemName(basename(name), false) || folders.some((folder) => isSystemName(folder, true))
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
    throw unusable(file, { reason: `it has more than ${Math.floor(maxMemberSize / 1e6)} MB`, remedy: 'unpack it' })
  }
  try {
    return await member.read()
  } catch (error) {
    throw unusable(file, { reason: 'its archive is damaged there' }, error)
  }
}
