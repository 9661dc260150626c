import { basename, dirname } from 'node:path'
import { isBundle, modelFile } from '../bundle/layout.js'
import { NpluskError } from '../core/errors.js'
import { reportLoading, type CallOptions } from '../core/progress.js'
import { listImages } from '../folders/folder.js'
import type { BatchCoupling } from '../classifier/batch-coupling.js'
import type { InputOptions } from '../backbone/hints.js'
import { fetchKnownModel, type FetchOptions } from '../catalog/fetch-model.js'
import { fileBackbone } from '../classifier/file-backbone.js'
import { inputRecord } from '../preprocessing/input-record.js'
import type { Layer } from '../features/layers.js'
import type { HubAccess } from '../fetch/hub.js'
import type { Proxies } from '../fetch/proxied-fetch.js'
import { inputOf } from '../catalog/known-model.js'
import { knownModels } from '../catalog/known.js'
import type { ImageInput } from '../locate/locate.js'
import type { InputTrial } from '../preprocessing/pinned-input.js'
import { doubtsOf } from '../classifier/describe-graph.js'
import type { PreprocessReport } from '../classifier/describe-input.js'
import { findModelFile, type ModelFile } from '../classifier/model-file.js'
import { checkNamesModel } from '../classifier/names-model.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import { pinFolder } from '../classifier/open-backbone.js'

/** What is found in an ONNX classifier. */
export interface Inspection {
  readonly file: string
  readonly sha256: string
  /** N, without a background class. */
  readonly classes: number
  /** Whether column 0 is a background class, which is dropped. */
  readonly background: boolean
  readonly labels: {
    /** A file's name, `metadata`, `the order of ImageNet` (assumed from the number of classes) or `none`. */
    readonly source: string
    readonly first: readonly string[]
  }
  /** The node that computes the class scores, its kind, and the tensor of the scores before any Softmax. */
  readonly head: {
    readonly node: string
    readonly kind: string
    readonly logits: string
    /** Whether every score has a sigmoid of its own, so that classes do not exclude each other. */
    readonly multiLabel: boolean
    /** Whether the scores are probably features rather than class scores. */
    readonly encoder: boolean
  }
  /** Sentences on why the model may be unsuitable for extension. */
  readonly doubts: readonly string[]
  readonly bottleneck: InspectedFeature
  /** Features from earlier layers that the added head reads besides the bottleneck. */
  readonly taps: readonly InspectedFeature[]
  /** All layers that added heads may read, as `layers` names them; those of `bottleneck` and `taps` first. */
  readonly layers: readonly Layer[]
  /** Largest change of the old logits by the rewritten graph, on noise; 0 means bit for bit equal. */
  readonly logitChange: number
  /**
   * Why, and by how much, other images of a batch change the answer to an image; `null` where they do not. With
   * coupling, images are run one by one.
   */
  readonly batchCoupling: BatchCoupling | null
  readonly input: ImageInput
  readonly preprocess: PreprocessReport & {
    readonly trial: {
      /** Photographs of old classes. */
      readonly photographs: number
      /** Photographs of new classes, used where the others were inconclusive. */
      readonly added: number
      readonly drawings: number
      /** How many had a known class and were judged by it. */
      readonly labelled: number
      /** Whether batch-normalisation statistics were used. */
      readonly statistics: boolean
      /**
       * Distance in standard errors between the chosen convention and the best one with different answers; `null` where
       * there is none.
       */
      readonly margin: number | null
      /** Conventions that cannot be told apart from the chosen one and give nearly the same answers. */
      readonly near: readonly string[]
      /**
       * Scores of the conventions, higher for better answers; the best first, those ruled out by batch-normalisation
       * statistics last.
       */
      readonly scores: readonly { readonly name: string; readonly score: number; readonly ruledOut: boolean }[]
    } | null
  }
}

export interface InspectedFeature {
  readonly tensor: string
  readonly size: number
}

export interface InspectOptions extends CallOptions {
  /** An ONNX classifier: its path or URL, `hf:owner/name`, or the name of a known model. */
  readonly file: string
  /** Folder in which models from the catalogue and the hub are kept. @default `~/.cache/nplusk` */
  readonly cacheDir?: string
  readonly hub?: HubAccess
  /** Proxies for downloads. @default none */
  readonly proxies?: Proxies
  /** A folder of photographs to try preprocessing on. @default drawings that come with the package */
  readonly images?: string
  readonly input?: InputOptions
}

/**
 * Finds the head, bottleneck, class names and preprocessing of an ONNX classifier.
 *
 * @throws NpluskError `NOT_FOUND`, `BAD_MODEL`, `BAD_INPUT` or `USAGE`, as `fileBackbone`; `DOWNLOAD` when it cannot be
 * fetched
 */
export async function inspectModel({ file: model, images, ...options }: InspectOptions): Promise<Inspection> {
  await checkNamesModel(model)
  // Its model is no more to be inspected than the folder is.
  const bundle = basename(model) === modelFile ? dirname(model) : model
  if (await isBundle(bundle)) throw isNoBaseModel(bundle)
  reportLoading(options.onProgress)
  const samples = { old: images === undefined ? [] : await listImages(images), added: [] }
  const fetching = { ...options, cacheDir: cacheDirOf(options) }
  const { file, input, known } = (await findModelFile(model, fetching)) ?? (await convertedModel(model, fetching))
  const pins = pinFolder(fetching.cacheDir)
  const opened = await fileBackbone(file, {
    ...options,
    samples,
    pins,
    input: { ...input, ...options.input },
    known: options.input === undefined ? known : undefined,
  })
  const { source, taps, found, change, coupling } = opened
  const { location, named, sha256, batch } = source
  const inspected = ({ tensor, size }: InspectedFeature): InspectedFeature => ({ tensor, size })
  return {
    file,
    sha256,
    classes: named.classes.length,
    background: named.background,
    labels: { source: named.source, first: named.classes.slice(0, 5).map(({ label }) => label) },
    head: {
      node: location.head,
      kind: location.kind,
      logits: location.logits,
      multiLabel: location.isMultiLabel,
      encoder: source.isLikeEncoder,
    },
    doubts: doubtsOf(basename(model), source).map(({ message }) => message),
    bottleneck: inspected(location.bottleneck),
    taps: taps.slice(0, -1).map(inspected),
    layers: opened.backbone.layers,
    logitChange: change,
    batchCoupling: coupling ?? null,
    input: { ...location.input, batch },
    preprocess: { ...found.preprocess, ...inputRecord(found), trial: found.trial ? reported(found.trial) : null },
  }
}

function reported(trial: InputTrial): NonNullable<Inspection['preprocess']['trial']> {
  const { photographs, added, drawings, labelled, statistics, margin, near, scores } = trial
  return {
    photographs,
    added,
    drawings,
    labelled,
    statistics,
    margin: Number.isFinite(margin) ? margin : null,
    near,
    scores,
  }
}

function isNoBaseModel(bundle: string): NpluskError {
  return new NpluskError('BAD_INPUT', `${bundle} is a bundle, of which all is known.`, {
    remedy: { kind: 'list-classes', bundle },
  })
}

/**
 * A known model in the format that its download was converted to; any other name unchanged, for the reader to refuse.
 */
async function convertedModel(
  name: string,
  options: FetchOptions,
): Promise<Pick<ModelFile, 'file' | 'input' | 'known'>> {
  if (!knownModels.some((known) => known.name === name)) return { file: name, input: {} }
  const { file, known } = await fetchKnownModel(name, options)
  return { file, input: inputOf(known), known: known.title }
}
