import { execFile } from 'node:child_process'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Step } from './steps.js'

/**
 * Runs the steps with one build. After each, `model.onnx` and `bundle.json` of its bundle are in a folder of the step's
 * number.
 *
 * @param built a working tree that has been built
 * @param folder where all of it goes, a cache included
 */
export async function runSteps(steps: readonly Step[], built: string, folder: string): Promise<void> {
  const program = join(built, 'dist/src/program/start.js')
  // Bytes are the same on a CPU alone, and not every command says which device it shall take.
  const env = { ...process.env, NPLUSK_CACHE_DIR: join(folder, 'cache'), CUDA_VISIBLE_DEVICES: '' }
  for (const [number, { subject, name, args, bundle }] of steps.entries()) {
    const cwd = join(folder, subject)
    await mkdir(cwd, { recursive: true })
    console.log(`  ${subject}: ${name}`)
    await promisify(execFile)(process.execPath, [program, ...args], { cwd, env })
    for (const file of ['model.onnx', 'bundle.json']) await cp(join(cwd, bundle, file), join(folder, `${number}`, file))
  }
}
