import { writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fault, Section, Task } from '../section.js'
import { attemptsOf, type Attempt } from '../shared/attempts.js'
import { attacks } from './attacks.js'
import { Decoder, type Decoded } from './decoder.js'
import { mutated } from './mutate.js'
import { seeds, withoutHeic } from './seeds.js'

/** One HEIC in so many: its decoder takes a hundred times as long. */
const heicEvery = 100

/** Decodes mutated pictures in processes of their own. */
export async function mutations(task: Task, processes = availableParallelism()) {
  const all = await seeds()
  const quick = all.filter(({ format }) => format !== 'HEIC')
  const slow = all.filter(({ format }) => format === 'HEIC')
  const attempts = attemptsOf(task)
  const faults: Fault[] = []
  let [tried, read, seconds] = [0, 0, 0]
  const work = async () => {
    using decoder = new Decoder()
    for (const attempt of attempts) {
      const { bytes, format } = mutated(attempt.i % heicEvery === 0 && slow.length > 0 ? slow : quick, attempt.random)
      const decoded = await decoder.decode(bytes)
      tried++
      seconds = Math.max(seconds, decoded.seconds)
      if (decoded.outcome === 'read') read++
      if (decoded.outcome === 'fault') faults.push(await faultOf(attempt, format, bytes, decoded))
      if (tried % 1000 === 0) task.say(`${tried} mutated pictures, ${faults.length} faults`)
    }
  }
  await Promise.all(Array.from({ length: processes }, work))
  return { tried, faults, figures: { mutations: tried, 'read all the same': read, 'seconds at most': seconds } }
}

async function faultOf(attempt: Attempt, format: string, bytes: Uint8Array, { what }: Decoded): Promise<Fault> {
  const file = join(tmpdir(), `nplusk-torture-${attempt.case.replace(/\W+/g, '-')}.${format.toLowerCase()}`)
  await writeFile(file, bytes)
  return { case: attempt.case, what: `${format}, kept as ${file}: ${what}` }
}

/** Decodes pictures that were made to take too much, each in a process that does nothing else. */
export async function attacked({ signal, say }: Task, pattern = /./) {
  const faults: Fault[] = []
  let [tried, refused, seconds, peak, standstill] = [0, 0, 0, 0, 0]
  for (const { name, make, refused: expected } of attacks) {
    if (signal.aborted || !pattern.test(name)) continue
    using decoder = new Decoder()
    const decoded = await decoder.decode(await make())
    tried++
    const { outcome, what } = decoded
    if (outcome === 'refused') refused++
    if (outcome === 'fault') faults.push({ case: name, what })
    else if (expected !== undefined && !expected.test(what)) faults.push({ case: name, what: `it says: ${what}` })
    seconds = Math.max(seconds, decoded.seconds / 3)
    peak = Math.max(peak, decoded.peakBytes)
    standstill = Math.max(standstill, decoded.standstill)
    say(
      `${name}: ${outcome} ${what} (${(decoded.seconds / 3).toFixed(1)} s, ${Math.round(decoded.peakBytes / 2 ** 20)} MiB)`,
    )
  }
  const figures = {
    attacks: tried,
    'attacks refused': refused,
    'seconds an attack takes at most': seconds,
    'MiB at most': Math.round(peak / 2 ** 20),
    'milliseconds of standstill at most': Math.round(1000 * standstill),
  }
  return { tried, faults, figures }
}

export const section: Section = {
  name: 'pictures',
  what: 'Pictures made to crash, to hang or to take memory: mutated ones of every format, and bombs.',
  count: 100_000,
  async run(task) {
    const bombs = await attacked(task)
    const mutants = await mutations(task)
    return {
      tried: bombs.tried + mutants.tried,
      faults: [...bombs.faults, ...mutants.faults],
      figures: { ...bombs.figures, ...mutants.figures },
      ...(withoutHeic === undefined ? {} : { skipped: [withoutHeic] }),
    }
  },
}
