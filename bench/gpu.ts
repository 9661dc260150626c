/**
 * What a GPU gives: images a second of extraction and prediction from files against the bare session on tensors in
 * memory, training on either processor, and which provider runs the nodes of the backbone.
 *
 *     npm run bench:gpu -- [--device cuda|cpu] [--data DIR] [--limit N] [--rounds N] [--cache-dir DIR]
 *
 * The npm script sets the environment variables that `extend` sets for itself (src/cli/start.ts).
 *
 * Ends with 3 and the reason where CUDA cannot be used; `--device cpu` takes the same figures on the CPU. A table goes
 * to stdout, progress to stderr.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { extract } from '../src/features/extract.js'
import { openStore } from '../src/features/store.js'
import { messageOf } from '../src/core/errors.js'
import { listImages } from '../src/folders/folder.js'
import { plainView } from '../src/image/types.js'
import { knownBackbone } from '../src/classifier/known-backbone.js'
import { hasFurther } from '../src/features/backbone.js'
import { tensorNames } from '../src/backbone/tensor-names.js'
import { formFor } from '../src/precision/form-for.js'
import { batchSizes } from '../src/runtime/run-views.js'
import { nodeProviders } from '../src/runtime/node-providers.js'
import { chooseProvider } from '../src/runtime/providers.js'
import { openSession, type Provider } from '../src/runtime/session.js'
import { noiseImages } from '../src/runtime/compare-logits.js'
import { openWorkerSession } from '../src/runtime/worker-session.js'
import { loadClassifier } from '../src/workflow/classifier.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { describeMachine } from './shared/machine.js'
import { relaunchForCuda } from './shared/relaunch-for-cuda.js'
import { markdown } from './shared/table.js'
import { median } from './speed/rounds.js'
import { relativeDifference, syntheticSet, timeEvaluation, timeTraining } from './gpu/training.js'

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cuda' },
    data: { type: 'string', default: '../shared/data/imagenet-test' },
    limit: { type: 'string', default: '960' },
    rounds: { type: 'string', default: '3' },
    'cache-dir': { type: 'string' },
  },
})
const { UV_THREADPOOL_SIZE = '4' } = process.env
const cacheDir = values['cache-dir'] ?? usualCacheDir(process.env)
const device: Provider = values.device === 'cpu' ? 'cpu' : 'cuda'
/** Rows that one run of the bare session takes; N should be a multiple of each. */
const batches = [8, 16, 32, 64]
/** Small as the flowers, and large. */
const trainings = [
  { images: 750, classes: 5 },
  { images: 20_000, classes: 100 },
]

if (device === 'cuda') await relaunchForCuda(cacheDir)
process.exitCode = await chooseProvider(device).then(measure, (error: unknown) => {
  console.error(messageOf(error))
  return 3
})

async function measure(provider: Provider): Promise<number> {
  const backbone = await knownBackbone('inception-v3', { cacheDir })
  const { model, suffix } = await formFor(provider, backbone.graph)
  const { width, height } = backbone.preprocess
  const files = (await listImages(values.data)).slice(0, Number(values.limit))
  const inputOf = (rows: number) => ({ [tensorNames.image]: noiseImages(rows, height, width) })
  const outputs = [tensorNames.features, tensorNames.baseLogits]

  say('where the nodes run')
  const nodes = await nodeProviders(model, provider, inputOf(batchSizes[provider]), outputs)
  const session = await openSession(model, provider)
  const worker = await openWorkerSession(model, provider)
  const classifier = await loadClassifier({ model: 'inception-v3', device: provider, cacheDir })
  const scratch = await mkdtemp(join(tmpdir(), 'nplusk-gpu-'))
  const store = await openStore(scratch)
  const { preprocess, graphHash } = backbone
  const extractor = {
    session: worker,
    store,
    preprocess,
    graphKey: graphHash + suffix,
    hasFurther: hasFurther(backbone),
  }

  const bare = (rows: number) => {
    const input = inputOf(rows)
    return async () => {
      for (let done = 0; done < files.length; done += rows) await session.run(input, outputs)
    }
  }
  const extraction = async (round: number) => {
    // New keys every round: what is in the store is not computed again.
    const images = files.map((file) => ({ file, hash: `${round}:${file}`, views: [plainView] }))
    await extract(extractor, images, 'extract')
  }
  const prediction = async () => {
    for await (const result of classifier.classify(files)) if ('error' in result) throw new Error(result.error)
  }
  const works = {
    ...Object.fromEntries(batches.map((rows) => [`bare session, batches of ${rows}`, bare(rows)])),
    'extraction from files': extraction,
    'prediction from files': prediction,
  }
  const seconds: Record<string, number[]> = {}
  try {
    // A GPU chooses its kernels at the first run of a shape.
    for (const rows of batches) await session.run(inputOf(rows), outputs)
    for (let round = 0; round < Number(values.rounds); round++) {
      say(`round ${round + 1} of ${values.rounds}`)
      for (const [what, work] of Object.entries(works)) (seconds[what] ??= []).push(await secondsOf(() => work(round)))
    }
  } finally {
    await classifier.close()
    await worker.close()
    await session.close()
    await store.close()
    await rm(scratch, { recursive: true, force: true })
  }

  const rate = (what: string) => files.length / median(seconds[what]!)
  const places = [...nodes.values()]
  const counts = [...new Set(places)].map((name) => `${places.filter((place) => place === name).length} on ${name}`)
  const own = `bare session, batches of ${batchSizes[provider]}`
  const { cpu, cores, node, onnxruntime } = describeMachine()
  console.log(
    markdown({
      title: `${provider}: ${cpu}, ${cores} cores, Node ${node}, ONNX Runtime ${onnxruntime}`,
      columns: ['', 'images/s', 'of the bare session'],
      rows: Object.keys(works).map((what) => [what, rate(what).toFixed(1), (rate(what) / rate(own)).toFixed(2)]),
      notes: [
        `${files.length} images, median of ${values.rounds} interleaved rounds; ${UV_THREADPOOL_SIZE} threads decode`,
        `the backbone's nodes: ${counts.join(', ')}`,
      ],
    }),
  )
  console.log(await trainingTable(provider))
  return 0
}

async function trainingTable(provider: Provider): Promise<string> {
  const rows: string[][] = []
  for (const size of trainings) {
    say(`training with ${size.images} images of ${size.classes} classes`)
    const set = syntheticSet(size)
    const exact = (await timeEvaluation(set, 'cpu')).gradient
    for (const where of new Set<Provider>(['cpu', provider])) {
      const { seconds, gradient } = await timeEvaluation(set, where)
      const training = await timeTraining(set, where)
      rows.push([
        `${size.images} images, ${size.classes} classes, on ${where}`,
        (1000 * seconds).toFixed(1),
        relativeDifference(gradient, exact).toExponential(1),
        training.seconds.toFixed(2),
        String(training.evaluations),
        training.loss.toFixed(6),
      ])
    }
  }
  return markdown({
    title: 'Training',
    columns: [
      '',
      'one evaluation, ms',
      'difference of its gradient',
      'training, s',
      'evaluations of the last fit',
      'loss',
    ],
    rows,
    notes: ['beside 1000 old images; the gradient is compared with the CPU’s'],
  })
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

function say(what: string): void {
  process.stderr.write(`${what}\n`)
}
