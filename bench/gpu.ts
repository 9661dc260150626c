/**
 * What a GPU gives: images a second of extraction and prediction from files against the bare session on tensors in memory,
 * one evaluation of the training loss, and which provider runs the nodes of the backbone.
 *
 *     npm run bench:gpu -- [--device cuda|cpu] [--data DIR] [--limit N] [--rounds N] [--cache-dir DIR]
 *
 * Ends with 3 and the reason where CUDA cannot be used; `--device cpu` takes the same figures on the CPU. A table goes to
 * stdout, progress to stderr.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { extract } from '../src/bottleneck/extract.js'
import { openStore } from '../src/bottleneck/store.js'
import { relaunchProcess } from '../src/cli/relaunch.js'
import { messageOf } from '../src/core/errors.js'
import { cudaSurroundings } from '../src/cuda/folder.js'
import { listImages } from '../src/image/folder.js'
import { plainView } from '../src/image/types.js'
import { knownBackbone } from '../src/model/backbone.js'
import { tensorNames } from '../src/model/tensor-names.js'
import { formFor } from '../src/precision/form-for.js'
import { nodeProviders } from '../src/runtime/node-providers.js'
import { chooseProvider } from '../src/runtime/providers.js'
import { openSession, type Provider } from '../src/runtime/session.js'
import { loadClassifier } from '../src/workflow/classifier.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { describeMachine } from './shared/machine.js'
import { markdown } from './shared/table.js'
import { noise, relativeDifference, timeTraining } from './gpu/training.js'

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cuda' },
    data: { type: 'string', default: '../shared/data/imagenet-test' },
    limit: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    'cache-dir': { type: 'string' },
  },
})
const { LD_LIBRARY_PATH: libraries } = process.env
const cacheDir = values['cache-dir'] ?? usualCacheDir(process.env)
const device: Provider = values.device === 'cpu' ? 'cpu' : 'cuda'
const batch = 8

const surroundings = device === 'cuda' ? cudaSurroundings(cacheDir, libraries) : undefined
process.exitCode = surroundings
  ? await relaunchProcess(process, { ...surroundings })
  : await chooseProvider(device).then(measure, (error: unknown) => {
      console.error(messageOf(error))
      return 3
    })

async function measure(provider: Provider): Promise<number> {
  const backbone = await knownBackbone('inception-v3', { cacheDir })
  const { model, suffix } = await formFor(provider, backbone.graph)
  const { width, height } = backbone.preprocess
  const files = (await listImages(values.data)).slice(0, Number(values.limit))
  const pixels = { dims: [batch, height, width, 3], data: new Uint8Array(batch * height * width * 3).fill(100) }
  const input = { [tensorNames.image]: pixels }
  const outputs = [tensorNames.features, tensorNames.baseLogits]

  say('where the nodes run')
  const nodes = await nodeProviders(model, provider, input, outputs)
  const session = await openSession(model, provider)
  const classifier = await loadClassifier({ model: 'inception-v3', device: provider, cacheDir })
  const scratch = await mkdtemp(join(tmpdir(), 'nplusk-gpu-'))
  const store = openStore(scratch)
  const extractor = { session, store, preprocess: backbone.preprocess, backbone: backbone.graphHash + suffix }

  const bare = async () => {
    for (let done = 0; done < files.length; done += batch) await session.run(input, outputs)
  }
  const extraction = async (round: number) => {
    // New keys every round: what is in the store is not computed again.
    const images = files.map((file) => ({ file, hash: `${round}:${file}`, views: [plainView] }))
    await extract(extractor, images, 'extract')
  }
  const prediction = async () => {
    for await (const result of classifier.classify(files)) if ('error' in result) throw new Error(result.error)
  }
  const seconds: { bare: number[]; extraction: number[]; prediction: number[] } = {
    bare: [],
    extraction: [],
    prediction: [],
  }
  try {
    await session.run(input, outputs) // a GPU chooses its kernels at the first run of a shape
    for (let round = 0; round < Number(values.rounds); round++) {
      say(`round ${round + 1} of ${values.rounds}`)
      seconds.bare.push(await secondsOf(bare))
      seconds.extraction.push(await secondsOf(() => extraction(round)))
      seconds.prediction.push(await secondsOf(prediction))
    }
  } finally {
    await classifier.close()
    await session.close()
    await store.close()
    await rm(scratch, { recursive: true, force: true })
  }

  say('training')
  const set = noise({ dim: backbone.dim, classes: 5 })
  const onCpu = await timeTraining(set, 'cpu')
  const onDevice = provider === 'cpu' ? onCpu : await timeTraining(set, provider)
  report(provider, files.length, nodes, seconds, onCpu, onDevice)
  return 0
}

type Timing = Awaited<ReturnType<typeof timeTraining>>

function report(
  provider: Provider,
  images: number,
  nodes: ReadonlyMap<string, string>,
  seconds: { readonly [what in 'bare' | 'extraction' | 'prediction']: readonly number[] },
  onCpu: Timing,
  onDevice: Timing,
): void {
  const middle = (all: readonly number[]) => [...all].sort((a, b) => a - b)[all.length >> 1]!
  const rate = (what: keyof typeof seconds) => images / middle(seconds[what])
  const ratio = (what: keyof typeof seconds) => (rate(what) / rate('bare')).toFixed(2)
  const names = [...new Set(nodes.values())].sort()
  const onTheCpu = [...nodes].filter(([, where]) => where === 'CPUExecutionProvider').map(([name]) => name)
  const { cpu, cores, node, onnxruntime } = describeMachine()
  console.log(
    markdown({
      title: `${provider}: ${cpu}, ${cores} cores, Node ${node}, ONNX Runtime ${onnxruntime}`,
      columns: ['', 'figure', 'of the bare session'],
      rows: [
        [`bare session, batches of ${batch}, images/s`, rate('bare').toFixed(1), '1.00'],
        ['extraction from files, images/s', rate('extraction').toFixed(1), ratio('extraction')],
        ['prediction from files, images/s', rate('prediction').toFixed(1), ratio('prediction')],
        ['one loss and gradient, ms', (1000 * onDevice.seconds).toFixed(1), ''],
        ['the same on the CPU, ms', (1000 * onCpu.seconds).toFixed(1), ''],
        [
          'difference of the gradient from the CPU’s',
          relativeDifference(onDevice.gradient, onCpu.gradient).toExponential(1),
          '',
        ],
        ...names.map((name) => [
          `nodes of the backbone on ${name}`,
          String([...nodes.values()].filter((where) => where === name).length),
          '',
        ]),
      ],
      notes: [
        `${images} images, median of ${seconds.bare.length} interleaved rounds`,
        ...(provider === 'cuda' && onTheCpu.length > 0 ? [`on the CPU: ${onTheCpu.join(', ')}`] : []),
      ],
    }),
  )
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

function say(what: string): void {
  process.stderr.write(`${what}\n`)
}
