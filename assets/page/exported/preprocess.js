// From decoded pixels to a model's input: the same crop, and the same resizing, as in training.
import { resize } from './resize.js'

/**
 * The middle of a picture that the model looks at, in whole pixels.
 *
 * @param {{width: number, height: number, resize: string, cropFraction: number}} preprocess
 */
export function centralRegion(width, height, preprocess) {
  const exact = centralSize(width, height, preprocess)
  const columns = middle(exact.width, width)
  const rows = middle(exact.height, height)
  return { left: columns.start, top: rows.start, width: columns.length, height: rows.length }
}

/**
 * How large a picture is drawn: one that is eight times the model's size or more is made smaller by a whole number, to
 * two pixels or more for each of the model's, as its decoder does in training. The difference of the sides stays even,
 * so that the middle stays the middle.
 */
export function drawnSize(width, height, preprocess) {
  const region = centralSize(width, height, preprocess)
  const shrinking = Math.floor(Math.min(region.width / preprocess.width, region.height / preprocess.height) / 2)
  if (shrinking < 4) return { width, height }
  const shorter = Math.round(Math.min(width, height) / shrinking)
  const longer = shorter + 2 * Math.round((Math.max(width, height) / shrinking - shorter) / 2)
  return width < height ? { width: shorter, height: longer } : { width: longer, height: shorter }
}

/** Not rounded. */
function centralSize(width, height, preprocess) {
  let wide = width
  let high = height
  if (preprocess.resize === 'shorter') {
    const aspect = preprocess.width / preprocess.height
    wide = Math.min(width, height * aspect)
    high = Math.min(height, width / aspect)
  }
  return { width: wide * preprocess.cropFraction, height: high * preprocess.cropFraction }
}

/** The middle of a side. */
function middle(exact, full) {
  const length = Math.max(1, Math.min(full, Math.round(exact)))
  return { start: Math.round((full - exact) / 2 + (exact - length) / 2), length }
}

/**
 * A picture's central region at the model's size.
 *
 * @param {Uint8ClampedArray} rgba of the region, height * width * 4
 * @param {{width: number, height: number}} region in whole pixels
 * @returns {Uint8Array} RGB, height * width * 3 of `preprocess`
 */
export function modelInput(rgba, { width, height }, preprocess) {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) data[i * 3 + channel] = rgba[i * 4 + channel]
  }
  return resize({ data, width, height }, preprocess)
}
