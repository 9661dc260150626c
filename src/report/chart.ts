import type * as PlotLibrary from '@observablehq/plot'
import { html, Markup } from './html.js'

export type Plot = typeof PlotLibrary

export interface Chart {
  /** What the chart shows, in a sentence: all that a screen reader says of the picture. */
  readonly name: string
  readonly draw: (plot: Plot) => PlotLibrary.PlotOptions
  /** Attributes for drawn elements, by CSS selector, from the place of their datum. */
  readonly attributes?: Readonly<Record<string, (place: number) => Readonly<Record<string, string>>>>
  /** Attributes of the picture itself. */
  readonly ownAttributes?: Readonly<Record<string, string>>
}

/** Draws charts as SVG, without a browser. Colours are names of the page's style sheet, such as `var(--new)`. */
export type DrawChart = (chart: Chart) => Markup

/** The little of the DOM that is needed of a drawn chart. */
interface DrawnElement {
  readonly attributes: ArrayLike<{ readonly name: string; readonly value: string }>
  readonly outerHTML: string
  /** The place of its datum, where it is drawn for one; left there by Plot. */
  readonly __data__?: number
  querySelectorAll(selector: string): ArrayLike<DrawnElement>
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  remove(): void
}

/** How much a picture may grow with the page. */
const largest = 1.3

/** Loads the chart library, which nothing but a report needs. */
export async function openDrawing(): Promise<DrawChart> {
  const [plot, { default: domino }] = await Promise.all([import('@observablehq/plot'), import('domino')])
  const document = domino.createDocument('')
  return ({ name, draw, attributes = {}, ownAttributes = {} }) => {
    const options = { ...draw(plot), document } as PlotLibrary.PlotOptions
    const svg = plot.plot(options) as unknown as DrawnElement
    // The page's style sheet has these rules, and the picture is one thing to a screen reader.
    for (const style of Array.from(svg.querySelectorAll('style'))) style.remove()
    for (const element of Array.from(svg.querySelectorAll('*'))) {
      for (const { name: attribute, value } of Array.from(element.attributes)) {
        if (attribute.startsWith('aria-')) element.removeAttribute(attribute)
        else element.setAttribute(attribute, rounded(value))
      }
    }
    for (const [selector, attributesOf] of Object.entries(attributes)) {
      for (const element of Array.from(svg.querySelectorAll(selector))) {
        for (const [attribute, value] of Object.entries(attributesOf(element.__data__ ?? 0)))
          element.setAttribute(attribute, value)
      }
    }
    const own = { role: 'img', 'aria-label': name, style: `max-width: ${largest * options.width!}px`, ...ownAttributes }
    for (const [attribute, value] of Object.entries(own)) svg.setAttribute(attribute, value)
    return new Markup(svg.outerHTML)
  }
}

/**
 * A chart with what it says in words above it, and the same as a table behind it.
 *
 * @param explanation for somebody who has never seen such a chart
 */
export function figure(chart: Markup, explanation: Markup, numbers: Markup): Markup {
  return html`<figure class="chart">
    <figcaption>${explanation}</figcaption>
    ${chart}
    <details>
      <summary>The same as a table</summary>
      ${numbers}
    </details>
  </figure>`
}

/** Coordinates to a hundredth of a pixel. */
function rounded(value: string): string {
  return value.replace(/-?\d+\.\d{3,}(e-\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100))
}
