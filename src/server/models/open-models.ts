import { basename, extname, resolve } from 'node:path'
import { tensorNames } from '../../backbone/tensor-names.js'
import { openClassifier, type OpenClassifier } from '../../classifier/open-classifier.js'
import { NpluskError } from '../../core/errors.js'
import { decodeViews } from '../../image/decode.js'
import { plainView } from '../../image/types.js'
import type { Metrics } from '../metrics/metrics.js'
import type { Settings } from '../options.js'
import { Problem } from '../problems.js'
import type { Lease, Scores, ServedModels } from './served-models.js'

/**
 * Opens every model that is to be served.
 *
 * @throws NpluskError as `openClassifier`; `USAGE` where two models have one name
 */
export async function openModels(settings: Settings, _metrics: Metrics): Promise<ServedModels> {
  const opened = new Map<string, { readonly model: string; readonly classifier: OpenClassifier }>()
  try {
    for (const { name: given, model } of settings.models) {
      const name = given ?? nameOf(model)
      if (opened.has(name)) throw new NpluskError('USAGE', `Two models are called "${name}"; give one another name.`)
      opened.set(name, { model, classifier: await openClassifier({ ...settings, model, givesFeatures: true }) })
    }
  } catch (error) {
    await close()
    throw error
  }
  const names = [...opened.keys()]
  return {
    names,
    isReady: true,
    lease(name = names[0]!) {
      const found = opened.get(name)
      if (found === undefined) throw new Problem('unknown-model', 'No model of this name is served.')
      return leaseOf(name, found.model, found.classifier)
    },
    [Symbol.asyncDispose]: close,
  }

  async function close(): Promise<void> {
    await Promise.all([...opened.values()].map(({ classifier }) => classifier.session.close()))
  }
}

function nameOf(model: string): string {
  const name = basename(resolve(model))
  return basename(name, extname(name) === '.onnx' ? '.onnx' : '')
}

function leaseOf(name: string, model: string, classifier: OpenClassifier): Lease {
  const { preprocess, session, manifest } = classifier
  const scorePixels = async (pixels: Uint8Array): Promise<Scores> => {
    const image = { dims: [1, preprocess.height, preprocess.width, 3], data: pixels }
    const results = await session.run({ [tensorNames.image]: image }, [
      tensorNames.logits,
      tensorNames.probabilities,
      tensorNames.features,
    ])
    const [logits, probabilities, features] = Object.values(results).map(({ data }) => data as Float32Array)
    return { logits: logits!, probabilities: probabilities!, features: features! }
  }
  return {
    name,
    model,
    revision: manifest?.revision ?? 0,
    classifier,
    scorePixels,
    async score(image, { signal }) {
      const [pixels] = await decodeViews(image, preprocess, [plainView], { signal }).catch((cause: unknown) => {
        throw new Problem('unreadable-image', 'The picture cannot be read.', { cause })
      })
      return scorePixels(pixels!)
    },
    [Symbol.dispose]: () => undefined,
  }
}
