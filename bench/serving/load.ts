/**
 * The load on a service, in a process of its own: `node load.js SETUP.json`, then one phase for each message.
 */
import { readFile } from 'node:fs/promises'
import { Pool } from 'undici'
import { createRandom } from '../../src/math/random.js'
import { answersAsked } from './bundle.js'
import { faultOf } from './check-answer.js'
import type { LoadSetup, Phase, PhaseResult } from './load-process.js'
import { holdSlowConnections } from './slow-connections.js'

const { url, sent, references } = JSON.parse(await readFile(process.argv[2]!, 'utf8')) as LoadSetup
const contents = new Map<string, Buffer>()
for (const { file } of sent) if (!contents.has(file)) contents.set(file, await readFile(file))
let place = 0

process.on('message', (phase: Phase) => {
  void run(phase).then((result) => process.send!(result))
})
process.send!('ready')

/** Runs requests at a rate, or as many at once as it is told, until time is over and all are answered. */
async function run({ seconds, concurrency, rate, slowConnections = 0 }: Phase): Promise<PhaseResult> {
  const pool = new Pool(url, { connections: concurrency, pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 })
  const latencies: number[] = []
  const faults: string[] = []
  const variants = [0, 0]
  let answered = 0
  let refused = 0
  const slow = slowConnections > 0 ? await holdSlowConnections(url, slowConnections) : undefined
  const start = performance.now()
  const isOver = () => performance.now() - start >= 1000 * seconds
  await (rate === undefined ? closedLoop() : openLoop(rate))
  const took = (performance.now() - start) / 1000
  const held = slow?.end()
  await pool.close()
  latencies.sort((a, b) => a - b)
  return {
    seconds: took,
    answered,
    refused,
    faults: faults.slice(0, 20),
    faultCount: faults.length,
    variants,
    latencies,
    ...(held ? { held } : {}),
  }

  async function closedLoop(): Promise<void> {
    const one = async () => {
      while (!isOver()) await ask(performance.now())
    }
    await Promise.all(Array.from({ length: concurrency }, one))
  }

  /** Requests come at random times, whether earlier ones are answered or not; latency counts from when they come. */
  async function openLoop(perSecond: number): Promise<void> {
    const random = createRandom('arrivals')
    const all: Promise<void>[] = []
    let due = start
    while (!isOver()) {
      due -= (1000 * Math.log(1 - random.next())) / perSecond
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      all.push(ask(due))
    }
    await Promise.all(all)
  }

  async function ask(since: number): Promise<void> {
    const { file, isGood } = sent[place++ % sent.length]!
    try {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: `/predict?top=${answersAsked}`,
        headers: { 'content-type': 'application/octet-stream' },
        body: contents.get(file)!,
      })
      const answer: unknown = await body.json()
      if (!isGood) {
        refused++
        if (statusCode < 400 || statusCode > 499) faults.push(`${file}: ${statusCode} for a bad picture`)
        return
      }
      latencies.push((performance.now() - since) / 1000)
      answered++
      const fault =
        statusCode === 200 ? faultOf(file, answer, references, variants) : `${statusCode} ${JSON.stringify(answer)}`
      if (fault !== undefined) faults.push(`${file}: ${fault}`)
    } catch (error) {
      faults.push(`${file}: ${String(error)}`)
    }
  }
}
