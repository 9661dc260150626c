import { expect, test } from '@jest/globals'
import { compareIn, runAsUsual } from '../../torture/determinism/compare.js'
import { tinyExperiment } from '../../torture/determinism/section.js'
import { stepsOf } from '../../torture/determinism/steps.js'
import { usual, type Surroundings } from '../../torture/determinism/surroundings.js'
import { withFolder } from '../../torture/shared/temporary.js'

test('one core, another order of files, locale, time zone, kind of paths and cache: the same bytes', async () => {
  await withFolder(async (work) => {
    const experiment = await tinyExperiment(work)
    const steps = stepsOf(experiment.subject).filter(({ name }) => ['add', 'add more', 'predict'].includes(name))
    const asUsual = await runAsUsual({ ...experiment, steps })
    expect([...asUsual.hashes.keys()]).toEqual(
      expect.arrayContaining(['what add prints', 'what predict prints', 'bundle/model.onnx', 'bundle/bundle.json']),
    )
    const surroundings: Surroundings = {
      oneCore: true,
      decoders: 1,
      locale: 'tr_TR.UTF-8',
      timeZone: 'Pacific/Kiritimati',
      order: 'another',
      folder: 'memory',
      paths: 'relative',
      cache: 'partial',
      output: 'terminal',
      node: process.execPath,
    }
    expect(await compareIn({ ...experiment, steps }, surroundings, asUsual)).toEqual([])
  })
})

test('another seed is found out', async () => {
  await withFolder(async (work) => {
    const experiment = await tinyExperiment(work)
    const [add] = stepsOf(experiment.subject)
    const steps = (seed: string) => [
      { name: 'add', args: (path: (name: string) => string) => [...add!.args(path), '--seed', seed] },
    ]
    const asUsual = await runAsUsual({ ...experiment, steps: steps('3') })
    const differing = await compareIn({ ...experiment, steps: steps('4') }, usual, asUsual)
    expect(differing).toEqual(expect.arrayContaining(['bundle/model.onnx', 'bundle/bundle.json']))
  })
})
