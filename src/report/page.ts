import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { assetPath } from '../core/assets.js'
import { writeFileAtomic } from '../core/atomic-write.js'
import type { CallOptions } from '../core/progress.js'
import { html, Markup, type Content } from './html.js'
import type { Photographs } from './photographs.js'

export interface Page {
  readonly title: string
  /** Stands above the sections. */
  readonly lead: Content
  readonly sections: readonly Section[]
  /** What is shown on it, all of which must be known by now. */
  readonly photographs: Photographs
}

export interface Section {
  /** Letters and hyphens. */
  readonly id: string
  readonly title: string
  readonly body: Content
}

/**
 * Writes a page that holds all it needs: it opens from a file, asks nobody for anything, and the browser holds it to
 * that. Photographs are read and written one after another, so that memory does not grow with their number.
 *
 * @throws NpluskError `IO` where the file cannot be written, `ABORTED`
 */
export async function writePage(file: string, page: Page, { signal, onProgress }: CallOptions): Promise<void> {
  const [style, script] = await Promise.all(
    ['report.css', 'report.js'].map((name) => readFile(assetPath(`report/${name}`), 'utf8')),
  )
  const total = page.photographs.count
  const report = (done: number) => onProgress?.({ type: 'progress', stage: 'report', done, total, unit: 'images' })
  const [before, after] = layOut(page, style!, script!).text.split(photographsHere.text)
  await writeFileAtomic(file, chunks())

  async function* chunks(): AsyncGenerator<string> {
    yield before!
    for await (const element of page.photographs.elements(signal, report)) yield `${element.text}\n`
    yield after!
  }
}

/** Where the photographs go. No text on the page has control characters. */
const photographsHere = new Markup('\0')

function layOut({ title, lead, sections }: Page, style: string, script: string): Markup {
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; form-action 'none'; base-uri 'none'`
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)
  const parts = sections.map(
    ({ id, title, body }) => html`
      <section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${title}</h2>
        ${body}
      </section>
    `,
  )
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${new Markup(`<style>${style}</style>`)}
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${lead}
          <nav aria-label="Sections">
            <ul>
              ${links}
            </ul>
          </nav>
        </header>
        <noscript>
          <p class="note">Photographs, sorting and the slider need JavaScript, which is switched off.</p>
        </noscript>
        <main>${parts}</main>
        <div id="preview" hidden></div>
        <p id="spoken" aria-live="polite"></p>
        <dialog id="gallery" aria-labelledby="gallery-title">
          <header>
            <h2 id="gallery-title"></h2>
            <button type="button" id="gallery-close">Close</button>
          </header>
          <ul class="strip large-photos" id="gallery-photos"></ul>
        </dialog>
        ${photographsHere} ${new Markup(`<script>${script}</script>`)}
      </body>
    </html>`
}
