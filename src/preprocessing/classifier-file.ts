import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { NpluskError, readError } from '../core/errors.js'
import { loadExternalData } from '../onnx/external-data.js'
import { decodeModel, type LoadedModel } from '../onnx/model.js'
import { nameColumns, type NamedClasses } from './describe/class-names.js'
import { readCompanions } from './describe/companions.js'
import { fits, namesInLabelFile } from './describe/label-files.js'
import { forChannels, hintsOf, type InputHints, type InputOptions } from '../backbone/hints.js'
import { freeBatch, isCalledFeatures, locateHead, type HeadLocation } from '../locate/locate.js'
import { withChannels } from '../backbone/normalisation.js'

/** An ONNX classifier read from a file, and all that can be told of it without running it. */
export interface ClassifierFile {
  readonly file: string
  /** SHA-256 of the file, external data not included. */
  readonly sha256: string
  /** With its weights, and otherwise as it is in the file. */
  readonly original: LoadedModel
  /** The same with its batch made free. */
  readonly model: LoadedModel
  readonly location: HeadLocation
  /** Whether the file declares a batch of one that could not be made free: `model` then is `original`. */
  readonly takesOne: boolean
  /** The batch size that the file declares. */
  readonly batch: HeadLocation['input']['batch']
  readonly named: NamedClasses
  /**
   * Whether the scores may well be no scores: nobody names classes, there is no softmax, and their output is called as
   * features are.
   */
  readonly isLikeEncoder: boolean
  /** Files with class names of another number than the model has, where no other one fits. */
  readonly unfit: readonly { readonly source: string; readonly count: number }[]
  /** What the user and the files beside the model say about its input. */
  readonly hints: InputHints
  /** Which of them said how big, and how scaled, the input is. */
  readonly sources: { readonly size: string | undefined; readonly values: string | undefined }
}

/** Larger inputs would take gigabytes; the largest classifiers in use take 800. */
const largestSide = 1024

/**
 * Reads an ONNX classifier: weights beside it, head, bottleneck, class names, and what is said about its input.
 *
 * @throws NpluskError `NOT_FOUND` where there is no such file, `BAD_MODEL` where it is damaged or no classifier of
 * images, `BAD_INPUT` where a file beside it is damaged, `USAGE` for a wrong option
 */
export async function readClassifierFile(file: string, options: InputOptions = {}): Promise<ClassifierFile> {
  const given = hintsOf(options)
  const bytes = await readModelFile(file)
  const complete = await loadExternalData(decodeModel(bytes, file), dirname(file), file)
  if (complete.metadataProps.some(({ key }) => key === 'nplusk.format')) {
    throw new NpluskError('BAD_INPUT', `${file} is the model of a bundle; give the bundle's folder instead.`)
  }
  const batch = locateHead(complete, options).input.batch
  const model = batch === 1 ? freeWherePossible(complete, options.layout) : freeBatch(complete, options.layout)
  const location = locateHead(model, options)
  const { input, classes } = location
  if (input.channels !== 3 && input.channels !== 1) {
    throw new NpluskError(
      'BAD_MODEL',
      `Input ${input.name} of ${file} has ${input.channels} channels; only classifiers of colour images, with 3, or of grey ones, with 1, can be extended.`,
      { remedy: { kind: 'check-layout' } },
    )
  }
  const said = forChannels(given, input.channels)
  if (said === undefined) {
    const remedy = { kind: 'give-grey-values' } as const
    throw new NpluskError('USAGE', `${file} takes one channel, the brightness.`, { remedy })
  }
  for (const [side, size] of [
    ['width', input.width],
    ['height', input.height],
  ] as const) {
    if (size !== undefined && size > largestSide)
      throw new NpluskError(
        'BAD_MODEL',
        `Input ${input.name} of ${file} claims a ${side} of ${size} pixels, above ${largestSide}; the file may be damaged: fetch it again.`,
      )
    if (size !== undefined && said[side] !== undefined && said[side] !== size)
      throw new NpluskError('USAGE', `The model takes images of ${side} ${size}, not ${said[side]}.`, {
        remedy: { kind: 'leave-out', option: 'size' },
      })
  }
  const companions = await readCompanions(file, complete)
  const found =
    options.labels === undefined
      ? companions.names.find(({ names }) => fits(names, classes))
      : await namesInLabelFile(options.labels, classes)
  const named = await nameColumns(classes, found)
  const unfit = found ? [] : companions.names.map(({ names, source }) => ({ source, count: names.length }))
  // Colours mean nothing to a model with one channel: the rest of what is said may still hold.
  const beside = forChannels(companions.hints, input.channels) ?? sizesIn(companions.hints)
  const source = (field: keyof InputHints): string | undefined =>
    said[field] !== undefined ? 'options' : beside[field] !== undefined ? companions.hintSource : undefined
  return {
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    original: complete,
    model,
    location,
    takesOne: batch === 1 && location.input.batch === 1,
    batch,
    named,
    unfit,
    isLikeEncoder:
      named.source === 'none' &&
      location.probabilities === undefined &&
      !location.isMultiLabel &&
      isCalledFeatures(location.output),
    hints: { ...inOrder(beside, said.channels), ...said },
    sources: { size: source('cropFraction'), values: source('mean') },
  }
}

/** A graph that cannot take several pictures is run on one after the other. */
function freeWherePossible(model: LoadedModel, layout: InputOptions['layout']): LoadedModel {
  try {
    return freeBatch(model, layout)
  } catch (error) {
    if (error instanceof NpluskError && error.code === 'BAD_MODEL') return model
    throw error
  }
}

function sizesIn({ mean: _mean, std: _std, scale: _scale, channels: _channels, ...sizes }: InputHints): InputHints {
  return sizes
}

/** What a file says of the channels, in the order that the user wants them in. */
function inOrder(hints: InputHints, wanted: InputHints['channels']): InputHints {
  const { channels, scale, mean, std } = hints
  if (!wanted || wanted === 'L' || !channels || scale === undefined || !mean || !std) return hints
  return { ...hints, ...withChannels({ channels, scale, mean, std }, wanted) }
}

async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new NpluskError('NOT_FOUND', `There is no file ${file}; check the path.`)
    if (code === 'EISDIR') throw new NpluskError('BAD_INPUT', `${file} is a folder; give an ONNX file.`)
    if (code === 'ERR_FS_FILE_TOO_LARGE')
      throw new NpluskError('BAD_MODEL', `${file} is larger than 2 GiB, the most one ONNX file can hold.`)
    throw readError(error, file)
  }
}
