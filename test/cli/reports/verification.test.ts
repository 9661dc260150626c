import { expect, test } from '@jest/globals'
import { damagedBundle, describeVerification } from '../../../src/cli/reports/verification.js'
import { styleOf } from '../../../src/cli/style.js'
import type { DamagedFile, Verification } from '../../../src/workflow/verify.js'

const whole: Verification = {
  bundle: '/bundles/flowers',
  ok: true,
  revision: 3,
  files: 9,
  bytes: 93_400_000,
  damaged: [],
  unsealed: [],
  modelIsWhole: true,
  belongTogether: true,
  restorable: [2, 1],
}

function described(damaged: readonly DamagedFile[], more: Partial<Verification> = {}): string {
  return describeVerification({ ...whole, ok: damaged.length === 0, damaged, ...more }, styleOf(false))
}

const features: DamagedFile = {
  file: 'features-0123456789abcdef.safetensors',
  problem: 'damaged',
  holds: 'features',
  revisions: [3, 2],
  increment: "the\u0007 florist's",
}
const model: DamagedFile = { file: 'model.onnx', problem: 'damaged', holds: 'model', revisions: [3] }

test('a whole bundle takes one line, and more where an earlier version wrote it', () => {
  expect(described([])).toBe('/bundles/flowers is as it was written, at revision 3: 9 files, 93.4 MB.')
  expect(described([], { unsealed: ['model.onnx'] })).toBe(
    [
      '/bundles/flowers is as it was written, at revision 3: 9 files, 93.4 MB.',
      'Written by an earlier version, without a checksum that tells of every byte: model.onnx.',
      'The next change of the bundle seals its model.',
    ].join('\n'),
  )
})

test('a damaged model is brought back from an earlier revision, or built again', () => {
  const text = described([model], { modelIsWhole: false })
  expect(text).toContain('"extend rollback 2 --model /bundles/flowers" brings revision 2 back')
  expect(text).toContain('Else build it again')
  expect(text).not.toContain('model.onnx is whole')
  expect(described([model], { modelIsWhole: false, restorable: [] })).not.toContain('rollback')
})

test('damaged features leave predictions, and can be had again from the pictures', () => {
  const text = described([features])
  expect(text).toContain('damaged  features of the images of the? florist')
  expect(text).toContain('predict, evaluate, serve and export go on as before')
  expect(text).toContain('"extend remove')
  const another = { ...features, file: 'features-fedcba9876543210.safetensors', increment: 'another' }
  expect(described([features, another])).not.toContain('"extend remove')
  const missing = described([{ ...features, problem: 'missing' }])
  expect(missing).toContain('any ONNX runtime predicts with it as before')
  expect(missing).not.toContain('"extend remove')
})

test('two files of different bundles are not said to be mended by the next change, which refuses them', () => {
  const manifest: DamagedFile = { file: 'bundle.json', problem: 'damaged', holds: 'manifest', revisions: [3] }
  expect(described([manifest])).toContain('the next change writes that anew')
  const text = described([manifest], { belongTogether: false })
  expect(text).toContain('Restore both from one copy.')
  expect(text).toContain('delete bundle.json')
  expect(text).not.toContain('Nothing is lost')
  expect(described([manifest], { belongTogether: false, unsealed: ['model.onnx'] })).not.toContain('delete bundle.json')
})

test('what earlier revisions alone need is said to do no harm to the present one', () => {
  const text = described([
    { ...features, revisions: [2] },
    { file: 'revisions/2-0123456789abcdef.json', problem: 'damaged', holds: 'record', revisions: [2] },
  ])
  expect(text).toContain('The bundle as it is now works.')
  expect(text).not.toContain('build it again')
})

test('a damaged bundle.json does no harm', () => {
  const text = described([{ file: 'bundle.json', problem: 'missing', holds: 'manifest', revisions: [3] }])
  expect(text).toContain('Nothing is lost: model.onnx says the same as bundle.json')
})

test('one file is spoken of as one', () => {
  expect(described([features])).toContain('Restore this file from a copy of the bundle')
  expect(described([features, model])).toContain('Restore these files from a copy of the bundle')
  expect(damagedBundle({ ...whole, damaged: [features] }).message).toContain('1 of its 9 files; restore it from a copy')
})

test('the error names the first three', () => {
  expect(damagedBundle({ ...whole, damaged: [model, features, features, features] }).message).toBe(
    `/bundles/flowers is damaged: model.onnx, ${features.file}, ${features.file} and 1 more, 4 of its 9 files; restore them from a copy, or do as the list says.`,
  )
  // As with --json, which has no list of advice.
  expect(damagedBundle({ ...whole, damaged: [model] }, true).message).toMatch(/restore it from a copy\.$/)
})
