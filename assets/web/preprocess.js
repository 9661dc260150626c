// From decoded pixels to a model's input: the same crop and the same antialiased resampling as in training, since a browser's own
// scaling differs from one to the next.

/**
 * The middle of a picture that the model looks at, in whole pixels.
 *
 * @param {{width: number, height: number, resize: string, cropFraction: number}} preprocess
 */
export function centralRegion(width, height, preprocess) {
  let wide = width
  let high = height
  if (preprocess.resize === 'shorter') {
    const aspect = preprocess.width / preprocess.height
    wide = Math.min(width, height * aspect)
    high = Math.min(height, width / aspect)
  }
  wide = whole(wide * preprocess.cropFraction, width)
  high = whole(high * preprocess.cropFraction, height)
  return { left: Math.round((width - wide) / 2), top: Math.round((height - high) / 2), width: wide, height: high }
}

function whole(size, most) {
  return Math.max(1, Math.min(most, Math.round(size)))
}

/** Weights by distance, and the distance at which they end. */
const kernels = {
  nearest: undefined,
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - x) },
  // Catmull and Rom's.
  bicubic: { support: 2, weight: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((2.5 - 0.5 * x) * x - 4) * x + 2) },
  lanczos: { support: 3, weight: (x) => sinc(x) * sinc(x / 3) },
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

/**
 * For every pixel of an output side: where its source pixels begin, and what each of them weighs.
 *
 * @param {boolean} enlarged whether one side of the picture becomes larger
 */
function weightsOf(from, to, kernel, enlarged) {
  const scale = from / to
  const width = Math.max(scale, 1) // a kernel widens when a picture shrinks, so that nothing aliases
  // libvips, which training reads pictures with, lies half a pixel off when it makes a picture larger.
  const shift = enlarged ? 0.5 * Math.min(scale, 1) : 0
  return Array.from({ length: to }, (_, i) => {
    // In steps of 1/64, as libvips has it.
    const centre = Math.round(((i + 0.5) * scale - 0.5 - shift) * 64) / 64
    if (kernel === undefined) return { first: Math.round((i + 0.5) * scale - 0.5), weights: [1] }
    const first = Math.ceil(centre - kernel.support * width)
    const last = Math.floor(centre + kernel.support * width)
    const weights = []
    for (let at = first; at <= last; at++) weights.push(kernel.weight(Math.abs(at - centre) / width))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

/**
 * A part of an RGBA picture at another size.
 *
 * @param {Uint8ClampedArray} rgba of a picture `sourceWidth` wide
 * @param {{left: number, top: number, width: number, height: number}} region inside it
 * @returns {Uint8Array} RGB, height * width * 3
 */
export function resample(rgba, sourceWidth, region, { width, height, interpolation }) {
  const kernel = kernels[interpolation]
  const enlarged = kernel !== undefined && (region.width < width || region.height < height)
  const columns = weightsOf(region.width, width, kernel, enlarged)
  const rows = weightsOf(region.height, height, kernel, enlarged)

  // Arrays of this kind round, and cut what overshoots.
  const low = new Uint8ClampedArray(height * region.width * 3)
  for (let y = 0; y < height; y++) {
    const { first, weights } = rows[y]
    const lines = weights.map(
      (_, i) => ((region.top + inside(first + i, region.height)) * sourceWidth + region.left) * 4,
    )
    for (let x = 0; x < region.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let i = 0; i < weights.length; i++) sum += weights[i] * rgba[lines[i] + x * 4 + channel]
        low[(y * region.width + x) * 3 + channel] = sum
      }
    }
  }

  const rgb = new Uint8ClampedArray(height * width * 3)
  for (let x = 0; x < width; x++) {
    const { first, weights } = columns[x]
    const places = weights.map((_, i) => inside(first + i, region.width) * 3)
    for (let y = 0; y < height; y++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let i = 0; i < weights.length; i++) sum += weights[i] * low[y * region.width * 3 + places[i] + channel]
        rgb[(y * width + x) * 3 + channel] = sum
      }
    }
  }
  return new Uint8Array(rgb.buffer)
}

/** The border's pixels go on outside of the region. */
function inside(at, size) {
  return Math.max(0, Math.min(size - 1, at))
}
