import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { NpluskError, readError } from '../core/errors.js'
import { readWhole } from '../core/regular-file.js'
import { loadExternalData } from '../onnx/external-data.js'
import { decodeModel, type LoadedModel } from '../onnx/model.js'
import { nameColumns, type NamedClasses } from './describe/class-names.js'
import { readCompanions } from './describe/companions.js'
import { fits, namesInLabelFile } from './describe/label-files.js'
import { forChannels, hintsOf, largestSide, type InputHints, type InputOptions } from '../backbone/hints.js'
import { freeBatch, isCalledFeatures, locateHead, type HeadLocation } from '../locate/locate.js'
import { withChannels } from '../backbone/normalisation.js'

/** An ONNX classifier read from a file, and everything known of it without running it. */
export interface ClassifierFile {
  readonly file: string
  /** SHA-256 of the file, external data not included. */
  readonly sha256: string
  /** Whether weights lie in files beside the model's. */
  readonly hasExternalData: boolean
  /** The model as stored, its external weights loaded. */
  readonly original: LoadedModel
  /** `original` with a free batch. */
  readonly model: LoadedModel
  readonly location: HeadLocation
  /** Whether the file declares a batch of 1 that could not be made free; `model` is then `original`. */
  readonly takesOne: boolean
  /** Batch size that the file declares. */
  readonly batch: HeadLocation['input']['batch']
  readonly named: NamedClasses
  /**
   * Whether the model may be an encoder: it has no class names and no softmax, and the name of its output suggests
   * features.
   */
  readonly isLikeEncoder: boolean
  /** Sources of class names whose number does not fit the model, where no source fits. */
  readonly unfit: readonly { readonly source: string; readonly count: number }[]
  /** What the user and the files beside the model say about its input. */
  readonly hints: InputHints
  /** Who gave the size and the values in `hints`. */
  readonly sources: { readonly size: string | undefined; readonly values: string | undefined }
}

/**
 * Reads an ONNX classifier: weights beside it, head, bottleneck, class names, and hints about its input.
 *
 * @throws NpluskError `NOT_FOUND` where there is no such file, `BAD_MODEL` where it is damaged or no image classifier,
 * `BAD_INPUT` where a file beside it is damaged, `USAGE` for an invalid option
 */
export async function readClassifierFile(file: string, options: InputOptions = {}): Promise<ClassifierFile> {
  const userHints = hintsOf(options)
  const bytes = await readModelFile(file)
  const stored = decodeModel(bytes, file)
  const original = await loadExternalData(stored, dirname(file), file)
  refuseOwn(file, original)
  const batch = locateHead(original, options).input.batch
  const model = batch === 1 ? freeWherePossible(original, options.layout) : freeBatch(original, options.layout)
  const location = locateHead(model, options)
  const { input, classes } = location
  if (input.channels !== 3 && input.channels !== 1) {
    throw new NpluskError(
      'BAD_MODEL',
      `Input ${input.name} of ${file} has ${input.channels} channels; only classifiers of colour images, with 3, or of grey ones, with 1, can be extended.`,
      { remedy: { kind: 'check-layout' } },
    )
  }
  const optionHints = forChannels(userHints, input.channels)
  if (optionHints === undefined) {
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
    if (size !== undefined && optionHints[side] !== undefined && optionHints[side] !== size)
      throw new NpluskError('USAGE', `The model takes images of ${side} ${size}, not ${optionHints[side]}.`, {
        remedy: { kind: 'leave-out', option: 'size' },
      })
  }
  const companions = await readCompanions(file, original)
  const found =
    options.labels === undefined
      ? companions.names.find(({ names }) => fits(names, classes))
      : await namesInLabelFile(options.labels, classes)
  const named = await nameColumns(classes, found)
  const unfit = found ? [] : companions.names.map(({ names, source }) => ({ source, count: names.length }))
  // A model with one channel has no use for colours, but hints about sizes may still hold.
  const companionHints = forChannels(companions.hints, input.channels) ?? sizesIn(companions.hints)
  const source = (field: keyof InputHints): string | undefined =>
    optionHints[field] !== undefined
      ? 'options'
      : companionHints[field] !== undefined
        ? companions.hintSource
        : undefined
  return {
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    hasExternalData: original !== stored,
    original,
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
    hints: { ...withChannelOrder(companionHints, optionHints.channels), ...optionHints },
    sources: { size: source('cropFraction'), values: source('mean') },
  }
}

/** Refuses what nplusk made: such a graph is no base model. */
function refuseOwn(file: string, { metadataProps }: LoadedModel): void {
  const has = (name: string): boolean => metadataProps.some(({ key }) => key === name)
  if (!has('nplusk.format')) return
  // The model of a bundle lacks this field.
  const message = has('nplusk.input')
    ? `${file} was exported from a bundle, and cannot be extended; give the folder of that bundle instead.`
    : `${file} is the model of a bundle; give the bundle's folder instead.`
  throw new NpluskError('BAD_INPUT', message)
}

/** Frees the batch where possible; otherwise the graph runs images one by one. */
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

/** Hints of a file about channels, reordered as the user wants them. */
function withChannelOrder(hints: InputHints, wanted: InputHints['channels']): InputHints {
  const { channels, scale, mean, std } = hints
  if (!wanted || wanted === 'L' || !channels || scale === undefined || !mean || !std) return hints
  return { ...hints, ...withChannels({ channels, scale, mean, std }, wanted) }
}

async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    return await readWhole(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new NpluskError('NOT_FOUND', `There is no file ${file}; check the path.`)
    if (code === 'EISDIR') throw new NpluskError('BAD_INPUT', `${file} is a folder; give an ONNX file.`)
    if (code === 'ERR_FS_FILE_TOO_LARGE')
      throw new NpluskError('BAD_MODEL', `${file} is larger than 2 GiB, the most one ONNX file can hold.`)
    throw readError(error, file)
  }
}
