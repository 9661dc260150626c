/**
 * How often an exported folder answers in Hugging Face's pipeline as `extend predict` does.
 *
 *     node dist/bench/export-agreement.js PHOTOGRAPHS COUNT BUNDLE FOLDER
 */
import { env, pipeline } from '@huggingface/transformers'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [photographs, count, bundle, folder] = process.argv.slice(2) as [string, string, string, string]
const all = readdirSync(photographs, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.jpe?g$/i.test(name))
  .sort()
  .map((name) => join(photographs, name))
const step = Math.max(1, Math.floor(all.length / Number(count)))
const images = all.filter((_, i) => i % step === 0).slice(0, Number(count))

const main = fileURLToPath(new URL('../src/program/start.js', import.meta.url))
const printed = execFileSync(process.execPath, [main, 'predict', ...images, '--json', '--quiet', '--model', bundle], {
  maxBuffer: 2 ** 30,
}).toString()
const expected = printed
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { predictions: { label: string }[] }).predictions.map(({ label }) => label))

env.allowRemoteModels = false
const classifier = await pipeline('image-classification', resolve(folder))
const same = { first: 0, 'five in any order': 0, 'five in order': 0 }
for (const [i, image] of images.entries()) {
  const labels = (await classifier(image, { top_k: 5 })).map(({ label }) => label)
  if (labels[0] === expected[i]![0]) same.first++
  if (labels.every((label) => expected[i]!.includes(label))) same['five in any order']++
  if (labels.join('\n') === expected[i]!.join('\n')) same['five in order']++
}
await classifier.dispose()
for (const [what, number] of Object.entries(same)) console.log(`${what}: ${number} of ${images.length} the same`)
