import { afterAll, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareBundles } from '../../scripts/compare-builds/compare-bundles.js'

const folder = mkdtempSync(join(tmpdir(), 'nplusk-compare-'))

afterAll(() => rmSync(folder, { recursive: true }))

/** Writes the files of one build: for every step a model and a manifest. */
function written(build: string, steps: readonly (readonly [model: string, manifest: string])[]): string {
  for (const [number, [model, manifest]] of steps.entries()) {
    mkdirSync(join(folder, build, `${number}`), { recursive: true })
    writeFileSync(join(folder, build, `${number}`, 'model.onnx'), model)
    writeFileSync(join(folder, build, `${number}`, 'bundle.json'), manifest)
  }
  return join(folder, build)
}

test('models that differ are told from manifests that differ', async () => {
  const one = written('one', [
    ['a', '{"x":1}'],
    ['b', '{"x":1,"y":2}'],
    ['c', '{"x":1}'],
  ])
  const other = written('other', [
    ['a', '{"x":1}'],
    ['b', '{"x":2,"y":2,"z":3}'],
    ['C', '{ "x": 1 }'],
  ])
  const steps = ['first', 'second', 'third'].map((name) => ({ subject: 'tiny', name }))
  expect(await compareBundles(steps, one, one)).toMatchObject({ isSame: true })
  expect(await compareBundles(steps.slice(0, 2), one, other)).toMatchObject({ isSame: true })
  expect(await compareBundles(steps, one, other)).toEqual({
    isSame: false,
    table: [
      '              model.onnx  bundle.json',
      'tiny  first   same        same',
      'tiny  second  same        differs in x, z',
      'tiny  third   DIFFERS     differs in its spelling',
    ],
  })
})
