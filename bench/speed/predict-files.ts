/**
 * Classifies the images of a folder with one of two programs and prints the seconds, loading left out, a warm-up
 * before.
 *
 *     node dist/bench/speed/predict-files.js nplusk|transformers MODEL FOLDER COUNT
 *
 * MODEL is a folder as transformers.js wants it; nplusk reads the ONNX file in it, and the description of its input
 * beside it.
 */
import { basename, dirname, join, resolve } from 'node:path'
import { listImages } from '../../src/folders/folder.js'
import { batchSize } from './pixels.js'

const [program, model, folder, count] = process.argv.slice(2)
const files = (await listImages(folder!)).slice(0, Number(count))
const classify = program === 'nplusk' ? await openNplusk(model!) : await openTransformers(model!)
await classify(files.slice(0, 2 * batchSize))
const start = performance.now()
await classify(files)
console.log(JSON.stringify((performance.now() - start) / 1000))

async function openNplusk(dir: string) {
  // Each brings its own version of ONNX Runtime, and a process can hold one.
  const { loadClassifier } = await import('../../src/workflow/classifier.js')
  const classifier = await loadClassifier({ model: join(dir, 'onnx', 'model.onnx'), device: 'cpu' })
  return async (images: readonly string[]) => {
    for await (const result of classifier.classify(images)) if ('error' in result) throw new Error(result.error)
  }
}

async function openTransformers(dir: string) {
  const { env, pipeline } = await import('@huggingface/transformers')
  env.allowRemoteModels = false
  env.localModelPath = dirname(resolve(dir))
  const pipe = await pipeline('image-classification', basename(dir), { dtype: 'fp32', device: 'cpu' })
  return async (images: readonly string[]) => {
    for (let i = 0; i < images.length; i += batchSize) {
      await pipe(images.slice(i, i + batchSize), { top_k: 5 })
    }
  }
}
