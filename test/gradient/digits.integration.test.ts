import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { withCrossEntropy } from '../../src/gradient/cross-entropy.js'
import { Trainer } from '../../src/gradient/trainer.js'
import { readTensor } from '../../src/onnx/tensor.js'
import { openSession } from '../../src/runtime/session.js'
import { digitNetwork, digitParameters } from '../support/digit-network.js'
import { digitSide, readDigits, type Digits } from '../support/digits.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const batch = 50
const [epochs, decay] = [6, 0.01]
const steps = epochs * 160
/** Falls from .0025 to 0. */
const rates = Array.from({ length: steps }, (_, i) => 2.5e-3 * (1 - i / steps))
const { train, test: unseen } = readDigits()

function batchOf({ pixels, labels }: Digits, start: number) {
  const size = digitSide * digitSide
  const target = new Float32Array(batch * 10)
  for (let i = 0; i < batch; i++) target[i * 10 + labels[start + i]!] = 1
  return {
    pixels: { dims: [batch, 1, digitSide, digitSide], data: pixels.slice(start * size, (start + batch) * size) },
    target: { dims: [batch, 10], data: target },
  }
}

const losses: number[] = []
let trained: Uint8Array

beforeAll(async () => {
  const model = withCrossEntropy(digitNetwork(), 'logits')
  const shapes = Object.fromEntries(Object.entries(batchOf(train, 0)).map(([name, { dims }]) => [name, dims]))
  const parameters = Object.keys(digitParameters).map((name) => ({ name, decay }))
  await using trainer = await Trainer.open(model, { loss: 'loss', parameters, shapes })
  for (const [i, rate] of rates.entries()) {
    losses.push((await trainer.step(batchOf(train, (i * batch) % train.labels.length), rate)).loss)
  }
  trained = trainer.trainedModel(['logits'])
})

test('a small network that learns from nothing tells 97 % of unseen digits', async () => {
  const session = await openSession(trained)
  let right = 0
  for (let start = 0; start < unseen.labels.length; start += batch) {
    const { logits } = await session.run({ pixels: batchOf(unseen, start).pixels }, ['logits'])
    for (let i = 0; i < batch; i++) {
      const row = Array.from((logits!.data as Float32Array).subarray(i * 10, (i + 1) * 10))
      if (row.indexOf(Math.max(...row)) === unseen.labels[start + i]) right++
    }
  }
  await session.close()
  expect(unseen.labels.length).toBe(2000)
  expect(right / unseen.labels.length).toBeGreaterThanOrEqual(0.97)
})

const hasTorch = spawnSync('python3', ['-c', 'import numpy, torch']).status === 0
const folder = temporaryFolder()
const compared = 160

;(hasTorch ? test : test.skip)(
  `the loss falls as in PyTorch${hasTorch ? '' : ' (skipped: python3 has no torch)'}`,
  () => {
    const batches = Array.from({ length: compared }, (_, i) => batchOf(train, i * batch))
    const initial = new Map(digitNetwork().graph.initializer.map((tensor) => [tensor.name, readTensor(tensor)]))
    const numbers = [
      ...Object.keys(digitParameters).map((name) => initial.get(name) as Float32Array),
      ...batches.flatMap(({ pixels, target }) => [pixels.data, target.data]),
    ]
    const file = join(folder(), 'numbers')
    writeFileSync(file, Buffer.concat(numbers.map(({ buffer }) => Buffer.from(buffer))))
    const script = `
import json, sys
import numpy as np, torch, torch.nn.functional as F
numbers = torch.from_numpy(np.fromfile(sys.argv[1], np.float32))
def take(*shape):
    global numbers
    size = int(np.prod(shape))
    taken, numbers = numbers[:size].reshape(shape).clone(), numbers[size:]
    return taken
w1, b1, w2, b2, w3, b3 = [take(*shape).requires_grad_() for shape in json.loads(sys.argv[2])]
optimiser = torch.optim.AdamW([w1, b1, w2, b2, w3, b3], lr=1, weight_decay=${decay})
for rate in json.loads(sys.argv[3]):
    optimiser.param_groups[0]['lr'] = rate
    pixels, target = take(${batch}, 1, 28, 28), take(${batch}, 10)
    x = F.max_pool2d(F.relu(F.conv2d(pixels, w1, b1, padding=1)), 2)
    x = F.avg_pool2d(F.relu(F.conv2d(x, w2, b2, padding=1)), 2)
    loss = -(F.log_softmax(F.linear(x.flatten(1), w3, b3), 1) * target).sum() / ${batch}
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    print(loss.item())`
    const shapes = JSON.stringify(Object.values(digitParameters))
    const taken = JSON.stringify(rates.slice(0, compared))
    const { stdout, stderr } = spawnSync('python3', ['-c', script, file, shapes, taken], { encoding: 'utf8' })
    const expected = stdout.trim().split('\n').map(Number)
    if (expected.length !== compared) throw new Error(stderr)
    const apart = expected.map((loss, i) => Math.abs(loss - losses[i]!))
    expect(Math.max(...apart)).toBeLessThan(1e-3)
  },
)
