import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PlainTensor } from '../../src/runtime/session.js'
import type { WebCase } from './web-logits.js'

const script = fileURLToPath(new URL('./web-logits.js', import.meta.url))

/** Runs models in onnxruntime-web, in a process of its own, and returns their logits. */
export function webLogits(
  cases: readonly { readonly model: Uint8Array; readonly name: string; readonly input: PlainTensor }[],
): number[][] {
  const folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  try {
    const listed = cases.map(({ model, name, input: { dims, data } }, i): WebCase => {
      writeFileSync(join(folder, `${i}.onnx`), model)
      writeFileSync(join(folder, `${i}.data`), data as Uint8Array)
      return {
        model: `${i}.onnx`,
        name,
        type: data instanceof Uint8Array ? 'uint8' : 'float32',
        dims,
        data: `${i}.data`,
      }
    })
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(listed))
    return JSON.parse(execFileSync(process.execPath, [script, folder]).toString()) as number[][]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
