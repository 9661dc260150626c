/**
 * The documentation's pictures of reports and of the service's page, from the drawn flowers: `npm run screenshots`.
 * Needs Chromium.
 *
 * npm run build && node dist/scripts/screenshots.js [FOLDER]
 */
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import sharp = require('sharp')
import { cacheFolder } from '../src/catalog/cache-folder.js'
import { advise } from '../src/workflow/advise.js'
import { evaluate } from '../src/workflow/evaluate.js'
import { extendModel } from '../src/workflow/extend.js'
import { photographPage } from './page-pictures.js'

const executablePath = '/usr/bin/chromium'
/** Images a class to train on. */
const trainedOn = 4
/** Drawings that are put into a wrong folder, so that there are mistakes to look at, by file, and the folder. */
const misplaced: Readonly<Record<string, string>> = {
  'poppy/flowers-07.jpg': 'water-lily',
  'poppy/flowers-08.jpg': 'water-lily',
  'poppy/flowers-09.jpg': 'water-lily',
  'bluebell/flowers-10.jpg': 'orchid',
  'snowdrop/flowers-11.jpg': 'orchid',
}
/** Flowers that the classifier of the page knows; it is taught others. */
const known = ['bluebell', 'poppy', 'water-lily']
const width = 1000

const folder = process.argv[2] ?? 'docs/images'
if (!existsSync(executablePath)) throw new Error(`There is no ${executablePath}`)

const work = await mkdtemp(join(tmpdir(), 'nplusk-screenshots-'))
const { NPLUSK_CACHE_DIR: nplusk, XDG_CACHE_HOME: xdg } = process.env
const call = { cacheDir: cacheFolder({ home: homedir(), nplusk, xdg }) }
const report = join(work, 'report.html')
const advice = join(work, 'advice.html')
try {
  await splitDrawings()
  const model = join(work, 'extended')
  await extendModel({ ...call, model: 'inception-v3', add: [join(work, 'flowers')], out: model })
  await evaluate({
    ...call,
    model,
    folder: join(work, 'flowers-test'),
    report: { file: report, command: 'extend evaluate flowers-test --report report.html' },
  })
  await advise({
    ...call,
    model: 'inception-v3',
    folder: join(work, 'drawings'),
    report: { file: advice, command: 'extend advise drawings --report advice.html' },
  })
  const taught = known.map((label) => join('fixtures/flowers', label))
  const page = await extendModel({
    ...call,
    model: 'inception-v3',
    add: taught,
    name: 'garden',
    out: join(work, 'garden'),
  })
  await photograph(page.bundle)
} finally {
  await rm(work, { recursive: true, force: true })
}

/**
 * A few drawings of each flower to train on; all others, and objects of old classes, to be asked about. All drawings
 * together to be advised on.
 */
async function splitDrawings(): Promise<void> {
  for (const source of ['flowers', 'flowers-test']) {
    for (const label of await readdir(join('fixtures', source))) {
      const files = (await readdir(join('fixtures', source, label))).sort()
      for (const [i, file] of files.entries()) {
        const part = source === 'flowers' && i < trainedOn ? 'flowers' : 'flowers-test'
        const name = `${source}-${file}`
        for (const place of [part, 'drawings']) {
          const to = join(work, place, misplaced[`${label}/${name}`] ?? label)
          await mkdir(to, { recursive: true })
          await cp(join('fixtures', source, label, file), join(to, `${label}-${name}`))
        }
      }
    }
  }
  for (const file of await readdir('fixtures/objects')) {
    const label = file.replace('.jpg', '').replace('-', ' ')
    await mkdir(join(work, 'flowers-test', label), { recursive: true })
    await cp(join('fixtures/objects', file), join(work, 'flowers-test', label, file))
  }
}

async function photograph(served: string): Promise<void> {
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
      const page = await context.newPage()
      await page.goto(`file://${report}`)
      const suffix = colorScheme === 'dark' ? '-dark' : ''
      await save(await page.screenshot(), `report${suffix}`)
      await page.evaluate(`document.querySelector('#matrix').scrollIntoView()`)
      await page.locator('#matrix td:not(.correct) button').first().hover()
      await save(await page.screenshot(), `report-matrix${suffix}`)
      await page.mouse.move(0, 0)
      await page.evaluate(`document.querySelector('#map').scrollIntoView()`)
      await save(await page.screenshot(), `report-map${suffix}`)
      await page.goto(`file://${advice}`)
      await save(await page.screenshot(), `advice${suffix}`)
      await page.evaluate(`document.querySelector('#wrong-folder').scrollIntoView()`)
      await save(await page.screenshot(), `advice-wrong-folder${suffix}`)
      await context.close()
    }
    await photographPage(browser, { ...call, model: served }, save)
  } finally {
    await browser.close()
  }
}

async function save(picture: Uint8Array, name: string): Promise<void> {
  const { size } = await sharp(picture)
    .webp({ quality: 85 })
    .toFile(join(folder, `${name}.webp`))
  console.log(`${join(folder, name)}.webp: ${Math.round(size / 1000)} kB`)
}
