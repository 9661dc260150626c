import { basename } from 'node:path'
import { hashOf } from '../core/hash-of.js'
import { encodeModel } from '../onnx/model.js'
import type { Backbone } from '../features/backbone.js'
import { describeLayers } from '../features/layers.js'
import { couplingOf, type BatchCoupling } from './batch-coupling.js'
import { readClassifierFile, type ClassifierFile } from '../preprocessing/classifier-file.js'
import type { InputOptions } from '../backbone/hints.js'
import { findInput, type FindInputOptions, type FoundInput } from '../preprocessing/find-input.js'
import { inputRecord } from '../preprocessing/input-record.js'
import { keepLogits } from '../backbone/keep-logits.js'
import { prepareBackbone, type BackboneRecipe } from '../backbone/prepare.js'
import { preprocessOf } from '../preprocessing/usual-input.js'

/** What was found in an ONNX classifier. */
export interface FileBackbone {
  readonly backbone: Backbone
  readonly source: ClassifierFile
  readonly taps: BackboneRecipe['taps']
  readonly found: FoundInput
  /** Largest difference between the backbone's logits and the file's own; 0 if they are equal bit for bit. */
  readonly change: number
  /** Why images are processed one by one; `undefined` if they are not. */
  readonly coupling: BatchCoupling | undefined
}

/**
 * Reads an ONNX classifier and prepares it for extension. If nothing states how its input is scaled, the usual
 * conventions are tried on images.
 *
 * @param options.name name of the model; default: the file's
 * @param options.known title of a known model, where `input` is what is known of it
 * @param options.samples photographs to try conventions on; the more varied the better
 * @param options.pins folder in which findings are kept
 * @throws NpluskError as `readClassifierFile`; `BAD_MODEL` when the runtime refuses the graph
 */
export async function fileBackbone(
  file: string,
  options: FindInputOptions & {
    readonly name?: string
    readonly input?: InputOptions
    readonly known?: string | undefined
  },
): Promise<FileBackbone> {
  const source = await readClassifierFile(file, options.input)
  const { model, location, named, sha256 } = source
  const preprocess = preprocessOf(source)
  const { width, height } = preprocess
  const recipe = {
    location,
    taps: [...location.taps, location.bottleneck],
    normalisation: undefined,
    width,
    height,
    dropBackground: named.background,
  }
  const coupling = await couplingOf(source, recipe, options)
  const oneByOne = coupling !== undefined
  // Graphs that loop over images give no single layers.
  const offered = oneByOne ? [] : location.candidates
  const found = { ...(await findInput(source, recipe, preprocess, options)), known: options.known }
  const complete = { ...recipe, further: offered, oneByOne, normalisation: found.normalisation }
  const { taps, further, change } = await keepLogits(source.original, model, complete, options)
  const graph = encodeModel(prepareBackbone(model, { ...complete, taps, further }))
  const backbone: Backbone = {
    name: options.name ?? basename(file),
    sha256,
    graph,
    graphHash: hashOf(graph),
    dim: taps.reduce((sum, { size }) => sum + size, 0),
    layers: describeLayers(taps, further),
    preprocess,
    input: inputRecord(found),
    classes: named.classes,
    ...(coupling ? { oneByOne: coupling.reason } : {}),
  }
  return { backbone, source, taps, found, change, coupling }
}
