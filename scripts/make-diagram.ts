/**
 * Draws the README's picture, `docs/images/parallel-head.svg` and the same for dark pages. The files refer to nothing
 * outside themselves.
 *
 * npm run build && node dist/scripts/make-diagram.js [FOLDER]
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Palette {
  readonly text: string
  readonly quiet: string
  /** Fill and border of what is frozen. */
  readonly frozen: readonly [string, string]
  /** Fill and border of what is trained. */
  readonly trained: readonly [string, string]
  /** Fill and border of all else. */
  readonly plain: readonly [string, string]
}

/** The palettes of GitHub's light and dark pages. */
const light: Palette = {
  text: '#1f2328',
  quiet: '#59636e',
  frozen: ['#ddf4ff', '#0969da'],
  trained: ['#fff1e5', '#bc4c00'],
  plain: ['#f6f8fa', '#818b98'],
}
const dark: Palette = {
  text: '#f0f6fc',
  quiet: '#9198a1',
  frozen: ['#0c2544', '#4493f8'],
  trained: ['#3d1d08', '#db6d28'],
  plain: ['#151b23', '#9198a1'],
}

/** The files of the picture by name. */
export const diagrams: Readonly<Record<string, string>> = {
  'parallel-head.svg': draw(light),
  'parallel-head-dark.svg': draw(dark),
}

function draw({ text, quiet, frozen, trained, plain }: Palette): string {
  const box = (
    x: number,
    y: number,
    width: number,
    lines: readonly string[],
    [fill, border]: readonly [string, string],
  ) => {
    const height = 22 * lines.length + 16
    const rows = lines.map((line, i) => {
      const [size, colour] = i === 0 ? [17, text] : [15, quiet]
      return `<text x="${x + width / 2}" y="${y + 26 + 21 * i}" font-size="${size}" fill="${colour}">${line}</text>`
    })
    const frame = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" fill="${fill}" stroke="${border}" stroke-width="1.5"/>`
    return [frame, ...rows].join('\n')
  }
  const arrow = (path: string) =>
    `<path d="${path}" fill="none" stroke="${quiet}" stroke-width="1.5" marker-end="url(#tip)"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 196" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" text-anchor="middle" role="img">
<title>An image goes through the frozen backbone. The frozen old head makes 1000 logits of its features and the trained new head k more; one softmax goes over all of them.</title>
<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${quiet}"/></marker>
<rect x="6" y="67" width="66" height="58" rx="7" fill="${plain[0]}" stroke="${plain[1]}" stroke-width="1.5"/>
<circle cx="55" cy="83" r="6" fill="${trained[1]}"/>
<path d="M13 118 32 88 46 108 52 100 65 118z" fill="${frozen[1]}"/>
<text x="39" y="146" font-size="15" fill="${quiet}">image</text>
${arrow('M74 96H93')}
${box(96, 66, 100, ['backbone', 'frozen'], frozen)}
${arrow('M197 96H216')}
${box(219, 66, 90, ['features', '6912'], plain)}
${arrow('M310 87 336 58')}
${arrow('M310 105 336 134')}
${box(339, 6, 112, ['old head', 'frozen', '1000 logits'], frozen)}
${box(339, 106, 112, ['new head', 'trained', '+ k logits'], trained)}
${arrow('M452 58 478 87')}
${arrow('M452 134 478 105')}
${box(481, 66, 113, ['softmax', '1000 + k'], plain)}
</svg>
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/images/', import.meta.url))
  await Promise.all(Object.entries(diagrams).map(([name, svg]) => writeFile(join(folder, name), svg)))
}
