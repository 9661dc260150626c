import { tensorNames } from '../backbone/prepare.js'
import { formFor } from '../precision/form-for.js'
import { noiseImages, refuseChangedLogits } from '../runtime/compare-logits.js'
import { refuseNonFinite } from '../runtime/refuse-non-finite.js'
import { openSession, type PlainTensor, type Session } from '../runtime/session.js'
import { modelFile } from './layout.js'
import type { Manifest } from './manifest.js'

/**
 * Compares a merged model with its backbone on seeded noise: the old logits must agree bit for bit, except those of
 * merged classes, and all outputs must be finite. A graph that processes images one by one gets the noise image behind
 * a darker one, which must make no difference.
 *
 * @param path of the model's file
 * @param backbone an open session of the backbone
 * @throws NpluskError `BAD_MODEL`
 */
export async function verifyModel(path: string, backbone: Session, manifest: Manifest): Promise<void> {
  const place = manifest.backbone.oneByOne === undefined ? 0 : 1
  const { alone, written } = noiseFor(manifest.preprocess, place)
  const { model } = await formFor(backbone.provider, path)
  await using session = await openSession(model, backbone.provider)
  const expected = (await backbone.run({ [tensorNames.image]: alone }, [tensorNames.baseLogits]))[
    tensorNames.baseLogits
  ]!
  const answers = await session.run({ [tensorNames.image]: written }, [tensorNames.logits, tensorNames.probabilities])
  refuseNonFinite(`The merged ${modelFile}`, answers)
  const logits = answers[tensorNames.logits]!.data as Float32Array
  const actual = logits.subarray((place * logits.length) / (place + 1))
  const merged = new Set(manifest.increments.flatMap(({ classes }) => classes.map(({ mergedInto }) => mergedInto)))
  const changes = `The merged ${modelFile} changes the old logit`
  refuseChangedLogits(changes, expected.data as Float32Array, actual, { except: merged })
}

/** A noise image, and a batch that has it at `place`, behind a darker one if `place` is 1. */
function noiseFor(
  { width, height }: Manifest['preprocess'],
  place: number,
): { readonly alone: PlainTensor; readonly written: PlainTensor } {
  const alone = noiseImages(1, height, width)
  const data = new Uint8Array((place + 1) * alone.data.length)
  data.set(alone.data.map((value) => value >> 2))
  data.set(alone.data, place * alone.data.length)
  return { alone, written: { dims: [place + 1, height, width, 3], data } }
}
