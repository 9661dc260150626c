/**
 * Whether answers to very many pictures survive being killed: `extend predict --out` on linked pictures, once
 * undisturbed and once killed by SIGKILL at random instants and gone on with by `--resume`. Both files must be the same
 * bytes, with every picture once. Memory is looked at once a second.
 *
 *     npm run bench:many -- [--pictures 200000] [--kills 10] [--seed 1] [--model inception-v3] [--data DIR]
 *
 * Without `--model`, a tiny network answers pictures of 64 pixels, made of the photographs of
 * DIR/imagenet-1-per-class, so that the number of pictures and not the network takes the time. With it, that model
 * answers the photographs themselves. A table goes to stdout.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom } from '../src/math/random.js'
import { hashFile } from '../src/core/hash-file.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { describeMachine } from './shared/machine.js'
import { say } from './shared/say.js'
import { markdown } from './shared/table.js'
import { linkPhotographs, linkSmallPictures } from './many-pictures/pictures.js'
import { countLines, predictInto, type Run } from './many-pictures/run.js'
import { makeTinyBundle } from './many-pictures/tiny-bundle.js'

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '200000' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    model: { type: 'string' },
    data: { type: 'string', default: '../shared/data' },
    'cache-dir': { type: 'string' },
  },
})
const pictures = Number(values.pictures)
const kills = Number(values.kills)
const work = await mkdtemp(join(tmpdir(), 'nplusk-many-'))
try {
  await measure()
} finally {
  await rm(work, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const folder = join(work, 'pictures')
  const photographs = join(values.data, 'imagenet-1-per-class')
  const given = values.model === undefined
  const model = values.model ?? (await makeTinyBundle(work))
  if (given) await linkSmallPictures(photographs, folder, pictures)
  else await linkPhotographs(photographs, folder, pictures)
  const options = { folder, model, cacheDir: values['cache-dir'] ?? usualCacheDir(process.env) }

  say(`${pictures} pictures, undisturbed`)
  const whole = join(work, 'whole.jsonl')
  const undisturbed = await predictInto({ ...options, out: whole })
  say(`${undisturbed.seconds.toFixed(0)} s`)

  const out = join(work, 'killed.jsonl')
  const random = createRandom(`many pictures ${values.seed}`)
  const runs: Run[] = []
  const standing: { lines: number; isTorn: boolean }[] = []
  // Waits whose mean is four fifths of an equal share of the time, so that all kills fall into the work.
  while (runs.length < kills) {
    const after = ((random.next() * 1.6) / (kills + 1)) * undisturbed.seconds
    const run = await predictInto({ ...options, out, killAfter: after })
    if (!run.wasKilled) throw new Error('the work was done before it could be killed; give more pictures')
    runs.push(run)
    standing.push(await countLines(out))
    say(`killed after ${after.toFixed(1)} s: ${standing.at(-1)!.lines} answers`)
  }
  const last = await predictInto({ ...options, out })
  say(`the rest took ${last.seconds.toFixed(0)} s`)

  const names = new Set<string>()
  const lines = (await readFile(out, 'utf8')).split('\n').slice(0, -1)
  for (const line of lines) names.add((JSON.parse(line) as { file: string }).file)
  const areEqual = (await hashFile(whole)) === (await hashFile(out))
  const torn = standing.filter(({ isTorn }) => isTorn).length
  const { cpu, cores, node, onnxruntime } = describeMachine()
  const memory = (run: Run) => `${run.early.toFixed(0)} and ${run.late.toFixed(0)} MB`
  process.stdout.write(
    markdown({
      title: `${pictures} pictures, killed ${kills} times`,
      columns: ['', 'measured'],
      rows: [
        ['undisturbed', `${undisturbed.seconds.toFixed(0)} s, ${(pictures / undisturbed.seconds).toFixed(0)} a second`],
        ['killed and gone on with', `${[...runs, last].reduce((sum, run) => sum + run.seconds, 0).toFixed(0)} s`],
        ['answers standing at each kill', standing.map(({ lines: count }) => count).join(', ')],
        ['kills that tore a line', `${torn}`],
        ['lines in the end', `${lines.length}`],
        ['different pictures in them', `${names.size}`],
        ['the same bytes as undisturbed', areEqual ? 'yes' : 'NO'],
        ['memory early and late, undisturbed', memory(undisturbed)],
        ['memory early and late, last run', memory(last)],
      ],
      notes: [
        `${values.model ?? 'a tiny network'}; ${given ? 'hard links to small pictures' : 'links to photographs'}; seed ${values.seed}.`,
        'Memory is the resident set, its median over the second tenth and over the last tenth of the run.',
        `${cpu}, ${cores} cores; Node ${node}, ONNX Runtime ${onnxruntime}.`,
      ],
    }),
  )
  if (!areEqual || lines.length !== pictures || names.size !== pictures) process.exitCode = 1
}
