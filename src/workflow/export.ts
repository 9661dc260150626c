import { basename, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { openBundle } from '../bundle/bundle.js'
import { decodeBundled } from '../bundle/heads.js'
import { writeFileAtomic } from '../core/atomic-write.js'
import { writeFolderAtomic } from '../core/atomic-folder.js'
import { NpluskError, throwIfAborted } from '../core/errors.js'
import type { CallOptions } from '../core/progress.js'
import { inputs, modelCard, type InputKind, type ModelCard, type InputCard } from '../export/card.js'
import { canResize } from '../export/crop-and-resize.js'
import { exportGraph } from '../export/export-graph.js'
import type { ExportFiles } from '../export/files.js'
import { transformersFiles } from '../export/transformers.js'
import { tritonFiles, tritonName } from '../export/triton.js'
import { fetchWebRuntime } from '../export/web-runtime.js'
import { webFiles } from '../export/web.js'
import { encodeModel, type LoadedModel } from '../onnx/model.js'
import { toPrecision, type Precision } from '../precision/convert.js'
import type { ExportFormat } from '../export/formats.js'
import { checkExportPlace } from '../export/place.js'
import { cacheDirOf } from '../catalog/cache-folder.js'
import { verifyExport } from '../export/verify.js'

export interface ExportOptions extends CallOptions {
  /** A bundle's folder. */
  readonly model: string
  /**
   * `onnx`: one file; `transformers`: a folder for the Hugging Face library; `web`: a folder with a page for browsers;
   * `triton`: a model in a repository of the NVIDIA Triton server.
   */
  readonly format: ExportFormat
  /**
   * The file (`onnx`) or folder to write; with `triton` the repository, which may hold other models. An earlier export
   * is replaced.
   */
  readonly out: string
  /**
   * `uint8`: `image`, uint8 [batch, height, width, 3], 0..255; `float`: `pixel_values`, float32 [batch, 3, height,
   * width], 0..1. `transformers` supports only `float`, `web` only `uint8`.
   *
   * @default 'float' with `transformers`, 'uint8' otherwise
   */
  readonly input?: InputKind
  /** Number format of the graph's computation; `float16` is for GPUs. @default as in the bundle */
  readonly precision?: Precision
  /** Folder in which the runtime for web pages is kept. @default `~/.cache/nplusk` */
  readonly cacheDir?: string
}

export interface ExportResult {
  readonly format: ExportFormat
  /** The file or folder written; with `triton` the model's folder inside the repository. */
  readonly out: string
  readonly input: InputCard
  readonly classes: number
  /** Why the graph processes the images of a batch one by one; `null` where it processes them together. */
  readonly oneByOne: string | null
  /** Sizes in bytes. Paths are relative to `out`; the path is empty when `out` is the file itself. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[]
}

/**
 * Writes the classifier of a bundle in the form of another program, with its labels, its preprocessing and the history
 * of its increments. The export gives the bundle's logits, in the chosen precision.
 *
 * @throws NpluskError `NOT_FOUND` or `BAD_BUNDLE` for the bundle; `BAD_MODEL` when it cannot be converted to the
 * precision; `USAGE` for an input that the format does not support; `CONFLICT` when something else lies at `out`;
 * `DOWNLOAD` when the runtime for web pages cannot be fetched; `IO`, `ABORTED`
 */
export async function exportModel(options: ExportOptions): Promise<ExportResult> {
  const { format, precision, signal, onProgress } = options
  const kind = inputOf(format, options.input)
  await using bundle = await openBundle(options.model)
  const bytes = await bundle.model()
  const name = tritonName(basename(resolve(options.model)))
  const out = format === 'triton' ? join(options.out, name) : options.out
  const place = resolve(out)
  await checkExportPlace(out, format)
  const runtime =
    format === 'web' ? await fetchWebRuntime({ ...options, cacheDir: cacheDirOf(options) }) : new Map<string, never>()

  onProgress?.({ type: 'progress', stage: 'export', done: 0, total: 1, unit: 'steps' })
  await setImmediate() // encoding holds the thread: let the caller show the event first
  const bundled = decodeBundled(bundle, bytes)
  const model = precision === undefined ? bundled : toPrecision(bundled, precision)
  const size = format === 'transformers' && canResize(model) ? 'any' : 'model'
  const card = modelCard(bundle.manifest, { ...inputs[kind], size })
  const graph = exportGraph(model, card)
  const files = await filesOf(format, { graph, card, runtime, name })
  onProgress?.({ type: 'progress', stage: 'export', done: 1, total: 1, unit: 'steps' })

  onProgress?.({ type: 'progress', stage: 'verify', done: 0, total: 1, unit: 'steps' })
  await verifyExport(model === bundled ? bytes : encodeModel(model), modelIn(files), card)
  onProgress?.({ type: 'progress', stage: 'verify', done: 1, total: 1, unit: 'steps' })
  throwIfAborted(signal)

  if (format === 'onnx') await writeFileAtomic(place, modelIn(files))
  else await writeFolderAtomic(place, files)
  return {
    format,
    out,
    input: card.input,
    classes: card.labels.length,
    oneByOne: card.oneByOne ?? null,
    files: [...files].map(([path, content]) => ({ path, bytes: Buffer.byteLength(content) })),
  }
}

interface Parts {
  readonly graph: LoadedModel
  readonly card: ModelCard
  readonly runtime: ReadonlyMap<string, Uint8Array>
  readonly name: string
}

async function filesOf(format: ExportFormat, { graph, card, runtime, name }: Parts): Promise<ExportFiles> {
  switch (format) {
    case 'onnx':
      return new Map([['', encodeModel(graph)]])
    case 'transformers':
      return transformersFiles(graph, card)
    case 'web':
      return webFiles(graph, card, runtime)
    case 'triton':
      return tritonFiles(graph, card, name)
  }
}

/** The only graph among a format's files; a single-file format has an empty path. */
function modelIn(files: ExportFiles): Uint8Array {
  const [, content] = [...files].find(([path]) => path === '' || path.endsWith('.onnx'))!
  return content as Uint8Array
}

function inputOf(format: ExportFormat, wanted: InputKind | undefined): InputKind {
  const only = { onnx: undefined, triton: undefined, transformers: 'float', web: 'uint8' } as const
  const input = wanted ?? only[format] ?? 'uint8'
  if (only[format] !== undefined && input !== only[format]) {
    throw new NpluskError('USAGE', `The format ${format} always takes ${only[format]} input.`, {
      remedy: { kind: 'leave-out', option: 'input' },
    })
  }
  return input
}
