import type { Label } from '../bundle/manifest.js'
import type { CallOptions } from '../core/progress.js'
import type { InputCard, InputKind } from '../export/card.js'
import type { InputOptions } from '../model/describe/hints.js'
import type { Precision } from '../precision/convert.js'
import type { HubAccess } from '../model/hub.js'
import type { KnownModel } from '../model/known-model.js'
import type { JobReport } from '../queue/jobs.js'

/** Where to run: `auto` takes CUDA where it can be loaded, else the CPU. */
export type Device = 'auto' | 'cpu' | 'cuda'

/** What computes loss and gradient in training; TensorFlow.js has to be installed beside nplusk. */
export type Trainer = 'onnxruntime' | 'tfjs'

/** Options of every call that opens a model. */
export interface ModelOptions extends CallOptions {
  /** A bundle's folder, an ONNX file or its address, `hf:owner/name` on the Hugging Face hub, or the name of a known model. */
  readonly model: string
  /** What is known better of an ONNX file than can be found out. */
  readonly input?: InputOptions
  /** @default 'auto' */
  readonly device?: Device
  /** Where known models and bottlenecks are kept. @default `defaultCacheFolder()` */
  readonly cacheDir?: string
  /** How the Hugging Face hub is reached. */
  readonly hub?: HubAccess
}

export interface ExtendOptions extends ModelOptions {
  /** Folders with one folder of images per class (or images of one class); together they make one increment. */
  readonly add: readonly string[]
  /** Where to write the bundle. @default the bundle being extended */
  readonly out?: string
  /**
   * Old images to rehearse with: `builtin`, `none`, or a folder.
   * @default the bundle's own, else `builtin` where the model has one
   */
  readonly rehearsal?: string
  /** What to do with a new class that bears an old class's name. @default 'separate' */
  readonly overlap?: 'separate' | 'merge' | 'error'
  /** Largest loss of old accuracy allowed, a fraction in [0, 1). @default the bundle's own, else 0.01 where there are old images */
  readonly maxOldDrop?: number
  /** Prior probability that an image shows a new class, in (0, 1). @default the bundle's own, else 0.15 */
  readonly prior?: number
  /** Views of every training image beside the plain one: a mirror image first, then mild crops and turns. @default 2 */
  readonly augment?: number
  /** Keeps the heads that were added earlier bit for bit, instead of refitting all together. @default false */
  readonly freezeAdded?: boolean
  /** @default 'onnxruntime' */
  readonly trainer?: Trainer
  /** Name of the increment. @default the folders' names */
  readonly name?: string
  /** @default 0 */
  readonly seed?: number
}

export interface ExtendResult {
  readonly bundle: string
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
  readonly increment: { readonly name: string; readonly labels: readonly string[]; readonly images: number }
  /** Figures on images that the head they were taken with had not been trained on (cross-validation). */
  readonly heldOut: {
    /** `null` where there are no old images to measure on. */
    readonly old: { readonly top1Before: number; readonly top1After: number; readonly count: number } | null
    /** Top-1 of the new images among all classes, over all increments. */
    readonly new: { readonly top1: number; readonly count: number }
    /** Share of old images that a new class takes; `null` without old images. */
    readonly leak: number | null
    /** Share of new images that an old class keeps. */
    readonly miss: number
  }
  readonly warnings: readonly string[]
  readonly seconds: Readonly<Record<string, number>>
}

export interface RemoveOptions extends ModelOptions {
  /** An increment's name, or a label or folder name of one added class. */
  readonly name: string
}

export interface RemoveResult {
  readonly bundle: string
  readonly removed: readonly string[]
  readonly classes: { readonly base: number; readonly added: number; readonly total: number }
}

export interface Prediction {
  readonly index: number
  readonly label: string
  /** 0..1 */
  readonly probability: number
  /** `base` for an old class. */
  readonly increment: string
}

/** One image's answer, or why there is none. */
export type ImageResult =
  | {
      readonly file: string
      readonly predictions: readonly Prediction[]
      /** Where a reject rate was given: the image shows none of the classes. */
      readonly rejected?: boolean
    }
  | { readonly file: string; readonly error: string }

/** An open classifier; `close` it when done. */
export interface Classifier {
  readonly labels: readonly Label[]
  readonly provider: 'cpu' | 'cuda'
  /** Yields one result per file, in order; a file that cannot be decoded does not stop the others. */
  classify(
    files: Iterable<string> | AsyncIterable<string>,
    options?: CallOptions & {
      /** @default 5 */
      readonly top?: number
      /** Marks images of no known class: the share of images of known classes that may be marked by mistake, 0..1. */
      readonly reject?: number
    },
  ): AsyncGenerator<ImageResult>
  close(): Promise<void>
}

export interface EvaluateOptions extends ModelOptions {
  /** One folder per class, named by WordNet id or label. */
  readonly folder: string
}

export interface Evaluation {
  readonly count: number
  readonly top1: number
  readonly top5: number
  /** `top1Base`: the base model's own top-1 on the same images; `null` without old images. */
  readonly old: { readonly count: number; readonly top1: number; readonly top1Base: number } | null
  /** `top1Alone`: top-1 among the added classes alone; `null` without new images. */
  readonly new: { readonly count: number; readonly top1: number; readonly top1Alone: number } | null
  /** `null` unless there are both old and new images. */
  readonly harmonicMean: number | null
  /** Share of old images predicted as new; `null` without old images. */
  readonly leak: number | null
  /** Share of new images predicted as old; `null` without new images. */
  readonly miss: number | null
  readonly perClass: readonly { readonly label: string; readonly count: number; readonly top1: number }[]
  /** Images that could not be read. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

export interface FeaturesOptions extends ModelOptions {
  /** A folder of images, with class folders or without. */
  readonly folder: string
  /** As in `ExtendOptions`: what `--add` is to find must be computed with the same. */
  readonly augment?: number
  readonly seed?: number
  /** One of `count` parts of the images, the `index`-th, counted from 1. @default all images */
  readonly shard?: Shard
  /** Writes what was computed or known of the images to this file as well, for another machine's cache. */
  readonly out?: string
  /** Address of a Redis server whose workers compute what is missing. @default it is computed here */
  readonly queue?: string
}

export interface Shard {
  readonly index: number
  readonly count: number
}

export interface FeaturesResult {
  /** Images that the cache now has; files of equal content count once. */
  readonly images: number
  readonly views: number
  /** Views that were not in the cache before. */
  readonly computed: number
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** The part that was written. */
  readonly part: string | null
  readonly seconds: number
}

export interface MergeOptions extends CallOptions {
  /** Files that `extractFeatures` wrote. */
  readonly parts: readonly string[]
  readonly cacheDir?: string
}

export interface MergeResult {
  readonly parts: number
  readonly views: number
  /** Views that were not in the cache before. */
  readonly added: number
}

export interface WorkerOptions extends CallOptions {
  /** Address of a Redis server. */
  readonly queue: string
  /** @default 'auto' */
  readonly device?: Device
  /** Told of every job that is done. */
  readonly onJob?: (job: WorkerJob) => void
}

export type WorkerJob = JobReport

/** What a bundle can be exported as. */
export type ExportFormat = 'onnx' | 'transformers' | 'web' | 'triton'

export interface ExportOptions extends CallOptions {
  /** A bundle's folder. */
  readonly model: string
  /**
   * `onnx`: one file; `transformers`: a folder for Hugging Face's library; `web`: a folder with a page for browsers; `triton`: a
   * model of a repository for NVIDIA's inference server.
   */
  readonly format: ExportFormat
  /** The file (`onnx`) or folder to write; with `triton` the repository, which may hold other models. An earlier export is replaced. */
  readonly out: string
  /**
   * `uint8`: `image`, uint8 [batch, height, width, 3], 0..255; `float`: `pixel_values`, float32 [batch, 3, height, width], 0..1.
   *
   * @default 'float' with `transformers`, which takes nothing else; 'uint8' elsewhere, and `web` takes nothing else
   */
  readonly input?: InputKind
  /** What the graph computes in: `float16` is for GPUs. @default as in the bundle */
  readonly precision?: Precision
  /** Where the runtime for web pages is kept. @default `~/.cache/nplusk` */
  readonly cacheDir?: string
}

export interface ExportResult {
  readonly format: ExportFormat
  /** The file or folder that was written; with `triton` the model's folder inside the repository. */
  readonly out: string
  readonly input: InputCard
  readonly classes: number
  /** Sizes in bytes; paths are relative to `out`, and empty where that is the file. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[]
}

/** Where known models are kept. */
export interface CacheOptions {
  /** @default `~/.cache/nplusk` */
  readonly cacheDir?: string
}

export interface KnownModelInfo {
  readonly name: string
  readonly description: string
  /** Without a background class. */
  readonly classes: number
  readonly input: { readonly width: number; readonly height: number }
  /** SPDX identifier. */
  readonly licence: string
  /** As published, with its source; `null` where nothing is published for this file. */
  readonly accuracy: KnownModel['accuracy']
  /** Bytes of the download. */
  readonly downloadSize: number
  /** Address, or npm package, that it comes from. */
  readonly source: string
  readonly cached: boolean
  /** Where it is on this machine, once pulled. */
  readonly file: string | null
}

export interface PullOptions extends Omit<ModelOptions, 'model'> {
  /** The name of a known model, `hf:owner/name`, an address, or an ONNX file (to make a rehearsal pack for it). */
  readonly name: string
  /** Old images to make a rehearsal pack of, which `--add` then uses as the model's built-in one. */
  readonly rehearsal?: string
}

export interface PulledModel {
  readonly name: string
  /** The ONNX file on this machine. */
  readonly file: string
  readonly rehearsal: { readonly file: string; readonly images: number; readonly bytes: number } | null
}

/** One line of `extend doctor`. */
export interface Diagnosis {
  readonly versions: Readonly<Record<string, string>>
  readonly providers: readonly {
    readonly name: 'cpu' | 'cuda'
    readonly available: boolean
    readonly reason?: string
    readonly remedy?: string
  }[]
  readonly cache: { readonly folder: string; readonly bytes: number }
}
