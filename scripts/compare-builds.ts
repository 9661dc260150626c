/**
 * Shows whether two builds write the same bytes: both extend the default model and a tiny one by the drawn flowers, add
 * to that and take away again, each with a cache of its own, so that nothing that one computed is taken over by the
 * other.
 *
 *     npm run compare-builds -- COMMIT [COMMIT]
 *
 * One commit is compared with the working tree, as it has been built. The exit code is 1 where a model.onnx differs; a
 * bundle.json may differ where what it records has changed, and is told apart. The first use of each build fetches the
 * default model.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeTinyClassifier } from '../test/support/tiny-classifier-file.js'
import { buildCommit } from './compare-builds/build-commit.js'
import { compareBundles } from './compare-builds/compare-bundles.js'
import { runSteps } from './compare-builds/run-steps.js'
import { stepsOf, tinyClasses } from './compare-builds/steps.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const commits = process.argv.slice(2)
if (commits.length < 1 || commits.length > 2) throw new Error('usage: npm run compare-builds -- COMMIT [COMMIT]')

// Ctrl-C ends the command that runs; this process stays to tidy up.
process.on('SIGINT', () => undefined)

const work = await mkdtemp(join(tmpdir(), 'nplusk-builds-'))
try {
  const tiny = join(work, 'tiny.onnx')
  writeTinyClassifier(tiny, tinyClasses)
  const steps = stepsOf(join(root, 'fixtures'), tiny)
  const results: string[] = []
  for (const side of [0, 1]) {
    const folder = join(work, `${side}`)
    await mkdir(folder)
    const commit = commits[side]
    console.log(`Building and running ${commit ?? 'the working tree'}`)
    const built = commit === undefined ? root : await buildCommit(root, commit, join(folder, 'source'))
    await runSteps(steps, built, folder)
    results.push(folder)
  }
  const { isSame, table } = await compareBundles(steps, results[0]!, results[1]!)
  console.log(table.join('\n'))
  process.exitCode = isSame ? 0 : 1
} finally {
  await rm(work, { recursive: true, force: true })
}
