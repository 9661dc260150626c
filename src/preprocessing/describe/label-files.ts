import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NpluskError, readError } from '../../core/errors.js'
import { mostTextBytes, readWhole } from '../../core/regular-file.js'
import type { FoundNames } from './class-names.js'
import { namesInFile } from './label-text.js'

/** Usual names of files that hold class names beside a model. */
const usualName =
  /^(labels?|classes|class[-_ ]?(names?|labels?|list|indices|index)|synsets?([-_]words)?|id2label|label[-_]?(names|map|list)|labelmap|categories|names|imagenet.*(classes|labels|class[-_]index|synsets?)|synset.*)\.(json|txt|names)$/i

/**
 * Reads the files beside a model that hold class names: first those named after the model, then the others by name.
 *
 * @param folders where to look
 * @param stem the model's name without `.onnx`
 * @throws NpluskError `BAD_INPUT` for a damaged file, `IO` for one that cannot be read
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
 * Reads the file of class names that the user gives.
 *
 * @param columns number of the model's outputs; one name fewer will do where the first is a background class
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

/** Whether there is one name per column, or ImageNet's 1000 for 1001 columns, the first being a background class. */
export function fits(names: readonly string[], columns: number): boolean {
  return names.length === columns || (columns === 1001 && names.length === 1000)
}

/**
 * Reads a text file in UTF-8 or, as Windows writes it, in UTF-16LE with a byte order mark.
 *
 * @returns `undefined` where there is no such file
 * @throws NpluskError `IO` where it cannot be read
 */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    const bytes = await readWhole(path, mostTextBytes)
    return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR') return undefined
    throw readError(error, path)
  }
}
