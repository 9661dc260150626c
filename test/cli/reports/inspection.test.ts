import { expect, test } from '@jest/globals'
import { describeInspection } from '../../../src/cli/reports/inspection.js'
import { styleOf } from '../../../src/cli/style.js'
import { knownInput } from '../../../src/preprocessing/input-record.js'
import type { Inspection } from '../../../src/workflow/inspect.js'

const inspection: Inspection = {
  file: '/cache/models/tiny-2.onnx',
  sha256: '0'.repeat(64),
  classes: 3,
  background: false,
  labels: { source: 'labels.txt', first: ['a', 'b', 'c'] },
  head: { node: 'fc', kind: 'Gemm', logits: 'logits', multiLabel: false, encoder: false },
  doubts: [],
  bottleneck: { tensor: 'pool', size: 50 },
  taps: [{ tensor: 'net/6e/concat', size: 10 }],
  layers: [
    { name: '6e', size: 10, cells: 1, byDefault: true },
    { name: 'bottleneck', size: 50, cells: 1, byDefault: true },
    { name: '5d', size: 5, cells: 1, byDefault: false },
    { name: '6e:4x4', size: 160, cells: 4, byDefault: false },
  ],
  logitChange: 0,
  batchCoupling: null,
  input: { name: 'x', type: 'uint8', layout: 'NHWC', width: 299, height: 299, channels: 3, batch: 'free' },
  preprocess: {
    width: 299,
    height: 299,
    resize: 'shorter',
    cropFraction: 1,
    interpolation: 'bicubic',
    ...knownInput('Tiny'),
    trial: null,
  },
}
const linesOf = (one: Inspection, model: string) => describeInspection(one, model, styleOf(false)).split('\n')

test('names the layers that are read by default, and the others', () => {
  const lines = linesOf(inspection, 'tiny')
  expect(lines).toContain('  usual layers     6e, bottleneck')
  expect(lines).toContain('  other layers     5d, 6e:4x4; 6e:4x4 tells where in the picture things lie')
  const alone = linesOf({ ...inspection, layers: inspection.layers.slice(0, 2) }, 'tiny')
  expect(alone.filter((line) => /other layers/.test(line))).toEqual([])
})

test('the input of a known model is no option of the user, and the next command names the model as the user did', () => {
  const lines = linesOf(inspection, 'my model.onnx')
  expect(lines).toContain('  resized     to 299x299, shape kept, bicubic  (as it is known to want them)')
  expect(lines).toContain('  known from  Tiny is a known model')
  expect(lines.at(-1)).toBe("Try  extend --add DIR --model 'my model.onnx'")
})
