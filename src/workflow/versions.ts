import { readFile } from 'node:fs/promises'
import { runtimeVersion } from '../runtime/session.js'

/** Versions of this package and of the runtime. */
export async function versions(): Promise<{ readonly nplusk: string; readonly 'onnxruntime-node': string }> {
  // Compiled code runs from dist/src/workflow.
  const manifest = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  return { nplusk: version, 'onnxruntime-node': runtimeVersion }
}
