/**
 * Time, memory and size of the report of an evaluation, with as many images as asked for: photographs of ../shared
 * under several names. `npm run bench:report -- --images 5000`
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { evaluate } from '../src/workflow/evaluate.js'
import { extendModel } from '../src/workflow/extend.js'
import { usualCacheDir } from './shared/cache-dir.js'
import { say } from './shared/say.js'

const cacheDir = usualCacheDir(process.env)

const data = resolve('../shared/data')
const { values } = parseArgs({
  options: { images: { type: 'string', default: '5000' }, folder: { type: 'string' }, without: { type: 'boolean' } },
})

if (values.folder === undefined) await measure(Number(values.images))
else await run(values.folder, values.without === true)

/** Runs evaluations in processes of their own, without a report and with one. */
async function measure(images: number): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'nplusk-report-'))
  try {
    await extendModel({
      cacheDir,
      model: 'inception-v3',
      add: [join(data, 'flowers/train')],
      out: join(work, 'extended'),
    })
    await linkImages(join(work, 'images'), images)
    for (const options of [['--without'], []]) {
      const child = fork(fileURLToPath(import.meta.url), ['--folder', work, ...options])
      await once(child, 'exit')
    }
    const { size } = await stat(join(work, 'report.html'))
    say(`report of ${images} images: ${(size / 1e6).toFixed(1)} MB`)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function run(work: string, without: boolean): Promise<void> {
  const started = performance.now()
  const { count } = await evaluate({
    cacheDir,
    model: join(work, 'extended'),
    folder: join(work, 'images'),
    ...(without ? {} : { report: { file: join(work, 'report.html') } }),
  })
  const seconds = (performance.now() - started) / 1000
  const memory = process.resourceUsage().maxRSS / 1000
  const what = without ? 'without a report' : 'with a report'
  say(`${count} images ${what}: ${seconds.toFixed(1)} s, at most ${memory.toFixed(0)} MB of memory`)
}

/** Folders of the test photographs, each photograph under as many names as it takes. */
async function linkImages(to: string, images: number): Promise<void> {
  const folders = [join(data, 'flowers/val'), join(data, 'imagenet-test')]
  const files: { label: string; file: string }[] = []
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const names = (await readdir(join(folder, entry.name))).filter((name) => name.endsWith('.jpg'))
      files.push(...names.map((name) => ({ label: entry.name, file: join(folder, entry.name, name) })))
    }
  }
  for (let i = 0; i < images; i++) {
    const { label, file } = files[i % files.length]!
    await mkdir(join(to, label), { recursive: true })
    await symlink(file, join(to, label, `${i}.jpg`))
  }
}
