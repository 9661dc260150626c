import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { readBundle } from '../../src/bundle/bundle.js'
import { loadImage } from '../../src/image/decode.js'
import { listImages } from '../../src/folders/folder.js'
import { evenly } from '../../src/preprocessing/trial-images.js'
import { decodeModel } from '../../src/onnx/model.js'
import { compareLogits } from '../../src/runtime/compare-logits.js'
import { openSession } from '../../src/runtime/session.js'
import type { Evaluation } from '../../src/evaluation/evaluation.js'
import { evaluate } from '../../src/workflow/evaluate.js'
import { extendModel, type ExtendResult } from '../../src/workflow/extend.js'
import { inspectModel, type Inspection } from '../../src/workflow/inspect.js'
import { logitsOfBoth } from '../../test/support/base-logits.js'

export interface ModelFigures {
  readonly file: string
  /** With no option and no photographs given. */
  readonly inspection: Pick<
    Inspection,
    'sha256' | 'classes' | 'labels' | 'head' | 'bottleneck' | 'input' | 'preprocess'
  >
  readonly heldOut: ExtendResult['heldOut']
  /** On flowers/val. */
  readonly new: Evaluation['new'] & { readonly miss: number | null }
  /** On imagenet-test. */
  readonly old: Evaluation['old'] & { readonly leak: number | null }
  readonly logits: LogitsCheck
  readonly warnings: readonly string[]
  readonly seconds: Readonly<Record<string, number>>
}

/**
 * The first N logits of the written model, the file's own on the same numbers, and photographs on which all bits agree.
 */
export interface LogitsCheck {
  readonly photographs: number
  readonly identical: number
  readonly largestDifference: number
}

export interface TryOptions {
  /** Folder of flowers/, imagenet-1-per-class/ and imagenet-test/. */
  readonly data: string
  readonly cacheDir: string
  /** How many the logits are compared on. */
  readonly photographs: number
  readonly say: (what: string) => void
}

/** Inspects a classifier, adds flowers to it in a temporary bundle, and measures what came of it. */
export async function tryModel(file: string, { data, cacheDir, photographs, say }: TryOptions): Promise<ModelFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'nplusk-models-'))
  const bundle = join(folder, 'bundle')
  const rehearsal = join(data, 'imagenet-1-per-class')
  try {
    const { sha256, classes, labels, head, bottleneck, input, preprocess } = await inspectModel({ file, cacheDir })
    say(`${basename(file)}: inspected`)
    const added = await extendModel({
      model: file,
      add: [join(data, 'flowers/train')],
      rehearsal,
      out: bundle,
      cacheDir,
    })
    say(`${basename(file)}: extended`)
    const onNew = await evaluate({ model: bundle, folder: join(data, 'flowers/val'), cacheDir })
    const onOld = await evaluate({ model: bundle, folder: join(data, 'imagenet-test'), cacheDir })
    say(`${basename(file)}: evaluated`)
    const images = evenly(await listImages(rehearsal), photographs)
    return {
      file: basename(file),
      inspection: { sha256, classes, labels, head, bottleneck, input, preprocess },
      heldOut: added.heldOut,
      new: { ...onNew.new!, miss: onNew.miss },
      old: { ...onOld.old!, leak: onOld.leak },
      logits: await compareWithFile(file, bundle, images),
      warnings: added.warnings,
      seconds: added.seconds,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function compareWithFile(file: string, folder: string, images: readonly string[]): Promise<LogitsCheck> {
  const original = decodeModel(await readFile(file), file)
  const bundle = await readBundle(folder)
  const prepared = decodeModel((await bundle.backbone()).graph)
  const { preprocess, base } = bundle.manifest
  const { width, height } = preprocess
  const session = await openSession(await bundle.model())
  let identical = 0
  let largestDifference = 0
  try {
    for (const image of images) {
      const pixels = await loadImage(image, preprocess)
      const own = (await logitsOfBoth(original, prepared, pixels, width, height)).original
      const run = await session.run({ image: { data: pixels, dims: [1, height, width, 3] } }, ['logits'])
      const written = (run['logits']!.data as Float32Array).subarray(0, base.classes.length)
      // A background class is dropped from the front.
      const expected = own.subarray(own.length - written.length)
      const { largest, first } = compareLogits(expected, written)
      largestDifference = Math.max(largestDifference, largest)
      if (first === undefined) identical++
    }
  } finally {
    await session.close()
  }
  return { photographs: images.length, identical, largestDifference }
}
