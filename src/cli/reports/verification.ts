import { NpluskError } from '../../core/errors.js'
import type { DamagedFile, Verification } from '../../workflow/verify.js'
import { bytes, count, nameList, printable, shellArgument } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'
import { shownPath } from './paths.js'

/** What is damaged in a bundle, and what can be done about it. */
export function describeVerification(result: Verification, style: Style): string {
  const { ok, damaged, unsealed, files, revision } = result
  const name = shownPath(result.bundle)
  const size = `${count(files, 'file')}, ${bytes(result.bytes)}`
  const lines = ok
    ? [style.good(`${name} is as it was written, at revision ${revision}: ${size}.`)]
    : [
        style.heading(`Of ${size} of ${name}:`),
        table(
          damaged.map((file) => [file.file, style.caution(file.problem), contentOf(file)]),
          ['left', 'left', 'left'],
          style.width,
        ),
        '',
        ...adviceOn(result),
      ]
  if (unsealed.length > 0) {
    lines.push(
      `Written by an earlier version, without a checksum that tells of every byte: ${nameList(unsealed, 3)}.`,
      ...(unsealed.includes('model.onnx') ? ['The next change of the bundle seals its model.'] : []),
    )
  }
  return lines.join('\n')
}

/**
 * The error that `extend verify` ends with.
 *
 * @param isAlone without the advice of `describeVerification`
 */
export function damagedBundle({ bundle, damaged, files }: Verification, isAlone = false): NpluskError {
  const names = nameList(
    damaged.map(({ file }) => file),
    3,
  )
  const orElse = isAlone ? '' : ', or do as the list says'
  const message = `${bundle} is damaged: ${names}, ${damaged.length} of its ${count(files, 'file')}; restore ${damaged.length === 1 ? 'it' : 'them'} from a copy${orElse}.`
  return new NpluskError('BAD_BUNDLE', message)
}

const contents: Readonly<Record<DamagedFile['holds'], string>> = {
  model: 'the classifier itself',
  manifest: 'labels and settings, which model.onnx repeats',
  backbone: 'the base model',
  rehearsal: 'features of the old images',
  features: 'features of the images',
  record: 'what a change was',
  revision: 'an earlier revision',
}

function contentOf({ holds, increment, revisions }: DamagedFile): string {
  const whose = increment === undefined ? '' : ` of ${printable(increment)}`
  const needed =
    revisions.length === 0 ? '' : `, for revision${revisions.length === 1 ? '' : 's'} ${revisions.join(', ')}`
  return `${contents[holds]}${whose}${needed}`
}

/** Sentences, the most general one first. */
function adviceOn(result: Verification): string[] {
  const { bundle, revision, damaged, unsealed, modelIsWhole, belongTogether, restorable } = result
  const option = `--model ${shellArgument(bundle)}`
  const ofHistory = ({ holds, revisions }: DamagedFile) =>
    holds === 'record' || holds === 'revision' || (revision !== null && !revisions.includes(revision))
  const current = damaged.filter((file) => !ofHistory(file))
  const parts = current.filter(({ holds }) => holds !== 'model' && holds !== 'manifest')
  const isMissing = parts.some(({ problem }) => problem === 'missing')
  const isLost = !modelIsWhole || parts.length > 0
  const only = (holds: DamagedFile['holds']) => parts.length > 0 && parts.every((file) => file.holds === holds)
  const increments = parts.flatMap(({ increment }) => increment ?? [])
  const [last] = restorable
  const theseFiles = damaged.length === 1 ? 'this file' : 'these files'
  const sentences: (readonly [boolean, string])[] = [
    [belongTogether, `Restore ${theseFiles} from a copy of the bundle, if there is one.`],
    [
      !belongTogether,
      'bundle.json and model.onnx are of different bundles, or of different times. Restore both from one copy.',
    ],
    [
      !belongTogether && !unsealed.includes('model.onnx'),
      'If model.onnx is the right one, delete bundle.json: the next change writes it anew.',
    ],
    [isLost && last !== undefined, `"extend rollback ${last} ${option}" brings revision ${last} back, which is whole.`],
    [
      modelIsWhole && isLost && isMissing,
      'model.onnx is whole: any ONNX runtime predicts with it as before. extend itself wants the missing files back.',
    ],
    [
      modelIsWhole && isLost && !isMissing,
      'model.onnx is whole: predict, evaluate, serve and export go on as before. --add and remove do not.',
    ],
    [
      // Of two, neither can be removed, as the other is read for it.
      modelIsWhole && only('features') && parts.length === 1 && !isMissing,
      `With the pictures at hand: "extend remove ${shellArgument(increments[0] ?? '')} --increment ${option}", then --add their folder again.`,
    ],
    [
      modelIsWhole && only('rehearsal') && !isMissing,
      '"extend --add DIR --rehearsal builtin", or a folder of old images, replaces the features of the old images.',
    ],
    [isLost, 'Else build it again with "extend --add DIR --out NEW", from the folders that it was made of.'],
    [
      !isLost && belongTogether && current.length > 0,
      'Nothing is lost: model.onnx says the same as bundle.json, and the next change writes that anew.',
    ],
    [
      !isLost && damaged.some(ofHistory),
      `The bundle as it is now works. Only its history is damaged: revisions that need ${theseFiles} cannot be brought back.`,
    ],
  ]
  return sentences.flatMap(([applies, sentence]) => (applies ? [sentence] : []))
}
