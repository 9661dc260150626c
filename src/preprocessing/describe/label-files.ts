import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NpluskError, readError } from '../../core/errors.js'
import type { FoundNames } from './class-names.js'
import { namesInFile } from './label-text.js'

/** Names that people give to files of class names beside a model. */
const usualName =
  /^(labels?|classes|class[-_ ]?(names?|labels?|list|indices|index)|synsets?([-_]words)?|id2label|label[-_]?(names|map|list)|labelmap|categories|names|imagenet.*(classes|labels|class[-_]index|synsets?)|synset.*)\.(json|txt|names)$/i

/**
 * The files beside a model that hold class names: those named like the model first, the others by name.
 *
 * @param folders where to look
 * @param stem the model's name without `.onnx`
 * @throws NpluskError `BAD_INPUT` for one that is damaged, `IO` for one that may not be read
 */
export async function labelFilesBeside(folders: readonly string[], stem: string): Promise<FoundNames[]> {
  const found: FoundNames[] = []
  for (const folder of folders) {
    const own = [`${stem}.labels.json`, `${stem}.labels.txt`, `${stem}.txt`]
    const files = (await readdir(folder).catch(() => [])).filter((name) => usualName.test(name) && !own.includes(name))
    for (const name of [...own, ...files.sort()]) {
      const text = await readTextFile(join(folder, name))
      const names = text === undefined ? undefined : namesInFile(text, join(folder, name))
      if (names !== undefined && names.length > 0) found.push({ names, source: name })
    }
  }
  return found
}

/**
 * The names in a file that the user named.
 *
 * @param columns how many the model needs; one fewer will do where the first is a background class
 * @throws NpluskError `NOT_FOUND`, `IO`, or `BAD_INPUT` where it is damaged, or holds another number of names
 */
export async function namesInLabelFile(file: string, columns: number): Promise<FoundNames> {
  const text = await readTextFile(file)
  if (text === undefined) {
    throw new NpluskError('NOT_FOUND', `There is no file ${file}.`, {
      remedy: { kind: 'give-option', option: 'labels', value: "a file with the model's class names" },
    })
  }
  const names = namesInFile(text, file)
  if (names === undefined || names.length === 0) {
    throw new NpluskError(
      'BAD_INPUT',
      `${file} holds no class names; write one a line, or as JSON a list or {"0": "name", …} without gaps.`,
    )
  }
  if (!fits(names, columns)) {
    throw new NpluskError(
      'BAD_INPUT',
      `${file} holds ${names.length} class ${names.length === 1 ? 'name' : 'names'}, and the model has ${columns} ${columns === 1 ? 'output' : 'outputs'}; give one name for each.`,
    )
  }
  return { names, source: basename(file) }
}

/** Whether names are those of a model's columns: all of them, or ImageNet's without the background class in front. */
export function fits(names: readonly string[], columns: number): boolean {
  return names.length === columns || (columns === 1001 && names.length === 1000)
}

/**
 * A text file in UTF-8 or, as Windows writes it, in UTF-16 with a byte order mark; `undefined` where there is no such
 * file.
 */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path)
    return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR') return undefined
    throw readError(error, path)
  }
}
