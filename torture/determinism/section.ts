import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeTinyClassifier } from '../../test/support/tiny-classifier-file.js'
import type { Fault, Section } from '../section.js'
import { attemptsOf } from '../shared/attempts.js'
import { withFolder } from '../shared/temporary.js'
import { compareIn, runAsUsual, type Experiment } from './compare.js'
import { findNodes } from './nodes.js'
import { listPictures } from './pictures.js'
import { drawSurroundings } from './surroundings.js'

const fixtures = fileURLToPath(new URL('../../../fixtures', import.meta.url))

export const section: Section = {
  name: 'determinism',
  what: 'the same commands in drawn surroundings (cores, order of files, locale, time zone, paths, cache, terminal, Node) write the same bytes',
  count: 200,
  run: ({ count, seed, signal, say }) =>
    withFolder(async (work) => {
      const nodes = findNodes()
      say(`${nodes.length} versions of Node: ${nodes.join(', ')}`)
      const experiment = await tinyExperiment(work)
      const asUsual = await runAsUsual(experiment)
      const faults: Fault[] = []
      let tried = 0
      for (const { i, case: repeats } of attemptsOf({ count, seed, signal })) {
        const surroundings = drawSurroundings(`${seed}:${i}`, nodes)
        const differing = await compareIn(experiment, surroundings, asUsual)
        tried++
        if (differing.length > 0) {
          const what = `${differing.join(', ')} differ in ${JSON.stringify(surroundings)}`
          say(what)
          faults.push({ case: repeats, what })
        }
      }
      return { tried, faults, figures: { files: asUsual.hashes.size, nodes: nodes.length } }
    }),
}

/** A tiny network that is extended by drawn flowers. */
export async function tinyExperiment(work: string): Promise<Experiment> {
  const model = join(work, 'tiny.onnx')
  writeTinyClassifier(model, 10)
  const options = ['--mean', '0.5', '--std', '0.25', '--channels', 'RGB', '--size', '8']
  return { subject: { model, options }, pictures: await listPictures(fixtures), work }
}
