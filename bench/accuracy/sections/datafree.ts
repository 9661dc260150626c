import { newTestSet, oldTestSet, trainingIncrement } from '../data.js'
import { figuresOf } from '../figures.js'
import { judge } from '../judge.js'
import { refitClassifier } from '../methods/engine.js'
import type { Section } from '../section.js'
import { points, share } from '../../shared/table.js'

/** `--rehearsal none`: no old image at all. */
export const datafree: Section = {
  name: 'datafree',
  async run(lab, { say }) {
    say('datafree')
    const sets = { old: await oldTestSet(lab), new: await newTestSet(lab, 'flowers') }
    const increments = [await trainingIncrement(lab, 'flowers', 'separate')]
    const { classify, refit } = await refitClassifier(increments, undefined, lab.baseHead)
    const figures = figuresOf(await judge(lab, increments, classify, sets))
    const toldLeak = refit.madeUpLeak ?? null
    const table = {
      title: 'No old images: --rehearsal none',
      columns: ['rehearsal', 'old', 'new', 'H', 'drop', 'leak', 'leak told beforehand'],
      rows: [
        [
          'none',
          ...[figures.accuracy.old, figures.accuracy.new, figures.harmonicMean].map(share),
          points(figures.oldDrop),
          share(figures.leak),
          toldLeak === null ? '–' : share(toldLeak),
        ],
      ],
      notes: [
        'Trained on flowers/train; old: imagenet-test, new: flowers/val; daisy kept apart and left out of the old count.',
      ],
    }
    return { tables: [table], figures: { ...figures, toldLeak } }
  },
}
