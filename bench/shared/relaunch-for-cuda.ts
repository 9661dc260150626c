import { relaunchProcess } from '../../src/cli/relaunch.js'
import { cudaSurroundings } from '../../src/cuda/folder.js'

/**
 * Runs this program once more where CUDA was set up in the cache folder and is not found without its variables, and
 * ends as that run did.
 */
export async function relaunchForCuda(cacheDir: string): Promise<void> {
  const surroundings = cudaSurroundings(cacheDir, process.env['LD_LIBRARY_PATH'])
  if (surroundings) process.exit(await relaunchProcess(process, { ...surroundings }))
}
