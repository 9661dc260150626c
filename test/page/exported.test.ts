import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openBundle } from '../../src/bundle/bundle.js'
import { decodeBundled } from '../../src/bundle/heads.js'
import { openClassifier } from '../../src/classifier/open-classifier.js'
import { scoreImages } from '../../src/evaluation/score-images.js'
import { inputs, modelCard } from '../../src/export/card.js'
import { exportGraph } from '../../src/export/export-graph.js'
import { webFiles } from '../../src/export/web.js'
import { robustSpread } from '../../src/math/robust-spread.js'
import { describeInBrowser, seriousFaults } from '../support/browser.js'
import { tinyPlace } from '../training/tiny-extension.js'
import { drop, paste, serveFolder, watch, type Served } from './page-at-work.js'

const own = { red: 8, green: 8 }
let folder: string
let pictures: string
let served: Served

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nplusk-'))
  const place = tinyPlace(folder)
  pictures = await place.draw('colours', own)
  await place.add({ add: [pictures], rehearsal: 'none' })
  await exportTo(place.path('bundle'), place.path('web'))
  served = await serveFolder(place.path('web'))
})

afterAll(async () => {
  await served.close()
  rmSync(folder, { recursive: true, force: true })
})

/** As `exportModel` does it, with the installed runtime in place of the one from the registry. */
async function exportTo(bundlePath: string, out: string): Promise<void> {
  await using bundle = await openBundle(bundlePath)
  const card = modelCard(bundle.manifest, inputs.uint8)
  const graph = exportGraph(decodeBundled(bundle, await bundle.model()), card)
  const installed = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
  const names = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm']
  const runtime = new Map(names.map((name) => [name, readFileSync(join(installed, name))]))
  for (const [path, content] of await webFiles(graph, card, runtime)) {
    mkdirSync(dirname(join(out, path)), { recursive: true })
    writeFileSync(join(out, path), content)
  }
}

describeInBrowser((browser) => {
  async function open(options = {}) {
    const context = await browser().newContext(options)
    const page = await context.newPage()
    const problems = watch(page, served.url)
    await page.goto(served.url)
    await page.locator('#views').waitFor()
    const answer = (name: string) => page.getByRole('article', { name, exact: true })
    return { context, page, problems, answer }
  }

  test('pictures are chosen, dropped and pasted; each answer says what it was taught with', async () => {
    const { context, page, problems, answer } = await open()
    expect(await page.locator('#knows').textContent()).toBe('It knows 12 things, 2 of them taught here.')
    await page
      .locator('#look input[type=file]')
      .first()
      .setInputFiles(join(pictures, 'red', '0.png'))
    await drop(page, 'dropped.jpg', readFileSync(join(pictures, 'green', '0.png')))
    await paste(page, 'pasted.jpg', readFileSync(join(pictures, 'green', '1.png')))
    for (const [name, label] of Object.entries({ '0.png': 'red', 'dropped.jpg': 'green', 'pasted.jpg': 'green' })) {
      const first = answer(name).locator('.bars li').first()
      await first.waitFor()
      expect(await first.locator('.label').textContent()).toBe(label)
      expect(await first.locator('.mark').textContent()).toBe('taught with colours')
    }
    expect(await page.locator('#teach').isVisible()).toBe(false)
    expect(problems).toEqual([])
    await context.close()
  })

  test('what stands out too little is said to be nothing that it knows, by the numbers of the program', async () => {
    const [picture, card] = [join(pictures, 'red', '0.png'), join(folder, 'web', 'nplusk.json')]
    const written = readFileSync(card, 'utf8')
    const standout = await standoutOfPicture(picture)
    for (const [least, isKnown] of [
      [standout - 1e-3, true],
      [standout + 1e-3, false],
    ] as const) {
      const standoutQuantiles = new Array<number>(201).fill(least)
      writeFileSync(card, JSON.stringify({ ...(JSON.parse(written) as object), standoutQuantiles }))
      const { context, page, problems, answer } = await open()
      await page.locator('#look input[type=file]').first().setInputFiles(picture)
      await answer('0.png').locator('.bars').waitFor()
      expect(await answer('0.png').getByText('Probably nothing that it knows.').count()).toBe(isKnown ? 0 : 1)
      expect(problems).toEqual([])
      await context.close()
    }
    writeFileSync(card, written)
  })

  /** As the bundle itself gives it, in float64. */
  async function standoutOfPicture(picture: string): Promise<number> {
    const classifier = await openClassifier({ model: join(folder, 'bundle'), device: 'cpu' })
    try {
      for await (const scores of scoreImages(classifier, [picture], undefined)) {
        if ('error' in scores) throw new Error(scores.error)
        const { median, deviation } = robustSpread(scores.logits.subarray(0, classifier.baseClasses.length))
        return (Math.max(...scores.logits) - median) / deviation
      }
    } finally {
      await classifier.session.close()
    }
    throw new Error('no answer')
  }

  test('a file that is no picture is said to be none, and a name is text', async () => {
    const { context, page, problems, answer } = await open()
    const name = `<img src=x onerror=alert(1)>.jpg`
    await drop(page, name, Buffer.from('no picture'))
    await answer(name).getByText('This file is not a picture that can be read.').waitFor()
    expect(problems).toEqual([])
    await context.close()
  })

  test.each([
    ['light', 1100],
    ['dark', 390],
  ] as const)('%s, %d wide: nothing sticks out, and axe finds no serious fault', async (colorScheme, width) => {
    const { context, page, problems, answer } = await open({ colorScheme, viewport: { width, height: 844 } })
    await page
      .locator('#look input[type=file]')
      .first()
      .setInputFiles(join(pictures, 'red', '0.png'))
    await answer('0.png').locator('.bars').waitFor()
    await page.locator('details summary').click()
    expect(await seriousFaults(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await page.getByRole('link', { name: 'Folder' }).click()
    await page.locator('#folder input[type=file]').first().setInputFiles(pictures)
    await page.getByRole('button', { name: 'Download the table' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    expect(problems).toEqual([])
    await context.close()
  })
})
