import { performance } from 'node:perf_hooks'
import { bestOf } from '../../../src/head/choose-kind.js'
import { headKinds, type HeadKind } from '../../../src/head/head-kind.js'
import type { HeadMethod } from '../../../src/head/head-method.js'
import { methodOf } from '../../../src/training/trainers.js'
import { points, share, type Table } from '../../shared/table.js'
import { newTestSet, oldTestSet, trainingIncrement } from '../data.js'
import { figuresOf, type Figures } from '../figures.js'
import { judge } from '../judge.js'
import { refitClassifier } from '../methods/engine.js'
import type { Section } from '../section.js'

interface Result {
  readonly set: string
  readonly kind: HeadKind
  /** In nats. */
  readonly heldOutLoss: number
  /** Whether the kind `auto` takes it. */
  isTaken: boolean
  /** Accuracy of held-out images among all classes. */
  readonly heldOutTop1: number | null
  readonly figures: Figures
  /** Of training and calibration. */
  readonly seconds: number
}

/** Every kind of head, by itself, on every data set. */
export const heads: Section = {
  name: 'heads',
  async run(lab, { say }) {
    const old = await oldTestSet(lab)
    const results: Result[] = []
    for (const set of ['flowers', 'textures', 'materials', 'cards']) {
      const increments = [await trainingIncrement(lab, set, 'separate')]
      const sets = { old, new: await newTestSet(lab, set) }
      const own: Result[] = []
      const all: Float64Array[] = []
      for (const kind of headKinds) {
        say(`heads: ${set}, ${kind}`)
        const start = performance.now()
        let losses = new Float64Array()
        const trainer = methodOf('onnxruntime', 'cpu', kind)
        const method: HeadMethod = {
          ...trainer,
          async train(...what) {
            const training = await trainer.train(...what)
            losses = Float64Array.from(training.heldOutLosses())
            return training
          },
        }
        const { classify, refit } = await refitClassifier(increments, lab.rehearsal, lab.baseHead, { method })
        const seconds = (performance.now() - start) / 1000
        const figures = figuresOf(await judge(lab, increments, classify, sets))
        const heldOutLoss = losses.reduce((sum, loss) => sum + loss, 0)
        const heldOutTop1 = refit.heldOut.new.top1
        own.push({ set, kind, heldOutLoss, isTaken: false, heldOutTop1, figures, seconds })
        all.push(losses)
      }
      own[bestOf(all)]!.isTaken = true
      results.push(...own)
    }
    return { tables: [table(results)], figures: results }
  },
}

function table(results: readonly Result[]): Table {
  return {
    title: 'Kinds of head',
    columns: 'set|kind|new|alone|drop|leak|miss|ECE all|held-out loss|held out|s'.split('|'),
    rows: results.map(({ set, kind, heldOutLoss, isTaken, heldOutTop1, figures: f, seconds }) => [
      set,
      isTaken ? `${kind} *` : kind,
      ...[f.accuracy.new, f.ceiling.new].map(share),
      points(f.oldDrop),
      ...[f.leak, f.miss, f.ece.all, heldOutLoss, heldOutTop1 ?? NaN].map(share),
      seconds.toFixed(0),
    ]),
    notes: [
      'Each set added to the base model by itself; new: among all N + k classes; alone: among the new ones.',
      '* is what the kind auto takes, by held-out loss (nats). Held out: accuracy of held-out images among all classes, after calibration.',
    ],
  }
}
