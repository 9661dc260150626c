import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBundle } from '../../src/bundle/bundle.js'
import { messageOf } from '../../src/core/errors.js'
import { loadImage } from '../../src/image/decode.js'
import { listImages } from '../../src/folders/folder.js'
import { locateHead } from '../../src/locate/locate.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { compareLogits } from '../../src/runtime/compare-logits.js'
import { openSession } from '../../src/runtime/session.js'
import { extendModel } from '../../src/workflow/extend.js'
import { inspectModel, type Inspection } from '../../src/workflow/inspect.js'
import { compareWithFile, type LogitsCheck } from './try-model.js'

/** What became of a classifier as somebody published it. */
export interface WildFigures {
  readonly folder: string
  /** What the folder's README says of it. */
  readonly documented: string
  readonly found: Pick<
    Inspection,
    'classes' | 'head' | 'bottleneck' | 'taps' | 'batchCoupling' | 'input' | 'preprocess'
  >
  readonly logits: LogitsCheck
  /**
   * Largest difference of an old logit between a picture alone and among the others: of the bundle, and of the file
   * itself.
   */
  readonly amongOthers: { readonly bundle: number; readonly file: number | null }
}

/** One that cannot be extended, and what is said of it. */
export interface WildRefusal {
  readonly folder: string
  readonly documented: string
  readonly refusal: string
}

/**
 * Inspects a classifier with no option, adds flowers to it without old images, and compares its logits with the file's
 * own.
 */
export async function tryWild(
  place: string,
  options: { readonly data: string; readonly cacheDir: string; readonly photographs: number },
): Promise<WildFigures | WildRefusal> {
  const folder = place.split('/').at(-1)!
  const documented = await documentedOf(place, folder)
  const name = (await readdir(place)).find((one) => one.endsWith('.onnx'))!
  const file = join(place, name)
  const scratch = await mkdtemp(join(tmpdir(), 'nplusk-wild-'))
  const bundle = join(scratch, 'bundle')
  const { cacheDir } = options
  const flowers = join(options.data, 'flowers/val')
  try {
    const { classes, head, bottleneck, taps, batchCoupling, input, preprocess } = await inspectModel({ file, cacheDir })
    await extendModel({ model: file, add: [flowers], rehearsal: 'none', augment: 0, out: bundle, cacheDir })
    const all = await listImages(flowers)
    const every = Math.ceil(all.length / options.photographs)
    const images = all.filter((_, i) => i % every === 0)
    return {
      folder,
      documented,
      found: { classes, head, bottleneck, taps, batchCoupling, input, preprocess },
      logits: await compareWithFile(file, bundle, images),
      amongOthers: { bundle: await bundleAmongOthers(bundle, images), file: await fileAmongOthers(file) },
    }
  } catch (error) {
    return { folder, documented, refusal: messageOf(error) }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** The last column of the line about a folder. */
async function documentedOf(place: string, folder: string): Promise<string> {
  const lines = (await readFile(join(place, '..', 'README.md'), 'utf8')).split('\n')
  return (
    lines
      .find((line) => line.startsWith(`| \`${folder}\``))
      ?.split('|')
      .at(-2)
      ?.trim() ?? ''
  )
}

async function bundleAmongOthers(folder: string, images: readonly string[]): Promise<number> {
  await using bundle = await openBundle(folder)
  const { manifest } = bundle
  const model = await bundle.model()
  const { preprocess, base } = manifest
  const { width, height } = preprocess
  const pictures = await Promise.all(images.map((image) => loadImage(image, preprocess)))
  return largestChange(model, 'image', 'logits', pictures, [height, width, 3], base.classes.length)
}

/** The same of the file, on noise of several strengths; `null` where it takes one picture only. */
async function fileAmongOthers(file: string): Promise<number | null> {
  const model = decodeModel(await readFile(file), file)
  const { input, logits, classes } = locateHead(model)
  if (input.batch !== 'free' || !model.graph.output.some(({ name }) => name === logits)) return null
  const dims = [input.channels, input.height ?? 224, input.width ?? 224]
  const size = dims.reduce((product, dim) => product * dim, 1)
  const pictures = [0.1, 1, 2, 3].map((most) => Float32Array.from({ length: size }, (_, i) => most * Math.sin(i * i)))
  return largestChange(encodeModel(model), input.name, logits, pictures, dims, classes)
}

async function largestChange<T extends Uint8Array | Float32Array>(
  model: Uint8Array,
  input: string,
  output: string,
  pictures: readonly T[],
  dims: readonly number[],
  classes: number,
): Promise<number> {
  const session = await openSession(model)
  try {
    const run = async (some: readonly T[]): Promise<Float32Array> => {
      const all = some.flatMap((picture) => [...picture])
      const data = some[0] instanceof Uint8Array ? Uint8Array.from(all) : Float32Array.from(all)
      return (await session.run({ [input]: { dims: [some.length, ...dims], data } }, [output]))[output]!
        .data as Float32Array
    }
    const together = await run(pictures)
    const columns = together.length / pictures.length
    let largest = 0
    for (const [i, picture] of pictures.entries()) {
      const alone = await run([picture])
      const change = compareLogits(alone.subarray(0, classes), together.subarray(i * columns))
      largest = Math.max(largest, change.largest)
    }
    return largest
  } finally {
    await session.close()
  }
}
