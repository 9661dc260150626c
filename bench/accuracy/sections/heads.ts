import { performance } from 'node:perf_hooks'
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
  /** What `--head auto` goes by, in nats. */
  readonly heldOutLoss: number
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
      for (const kind of headKinds) {
        say(`heads: ${set}, ${kind}`)
        const start = performance.now()
        let heldOutLoss = NaN
        const trainer = methodOf('onnxruntime', 'cpu', kind)
        const method: HeadMethod = {
          async train(...what) {
            const training = await trainer.train(...what)
            heldOutLoss = training.heldOutLoss()
            return training
          },
        }
        const { classify, refit } = await refitClassifier(increments, lab.rehearsal, lab.baseHead, { method })
        const seconds = (performance.now() - start) / 1000
        const figures = figuresOf(await judge(lab, increments, classify, sets))
        results.push({ set, kind, heldOutLoss, heldOutTop1: refit.heldOut.new.top1, figures, seconds })
      }
    }
    return { tables: [table(results)], figures: results }
  },
}

function table(results: readonly Result[]): Table {
  return {
    title: 'Kinds of head',
    columns: 'set|kind|new|alone|drop|leak|miss|ECE all|held-out loss|held out|s'.split('|'),
    rows: results.map(({ set, kind, heldOutLoss, heldOutTop1, figures: f, seconds }) => [
      set,
      kind,
      ...[f.accuracy.new, f.ceiling.new].map(share),
      points(f.oldDrop),
      ...[f.leak, f.miss, f.ece.all, heldOutLoss, heldOutTop1 ?? NaN].map(share),
      seconds.toFixed(0),
    ]),
    notes: [
      'Each set added to the base model by itself; new: among all N + k classes; alone: among the new ones.',
      'The kind auto takes the least held-out loss (nats). Held out: accuracy of held-out images among all classes, after calibration.',
    ],
  }
}
