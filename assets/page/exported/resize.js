// Resizing with the pixels that training sees, bit for bit: what sharp has libvips 8.18 do (resample/resize.c). A
// browser's own scaling differs from one to the next. Arithmetic is in whole numbers, weights times 4096 without their
// fraction.

const one = 4096 // VIPS_INTERPOLATE_SCALE, include/vips/interpolate.h
const steps = 64 // positions count in steps of 1/64 pixel: VIPS_TRANSFORM_SCALE, include/vips/transform.h
const stripHeight = 16 // rows that libvips works on together: vips__fatstrip_height, iofuncs/vips.c
const border = { nearest: 1, bilinear: 1, bicubic: 2 } // pixels in front of the first one: resample/affine.c

/** Weights by distance, and the distance at which they end, with the roundings of resample/templates.h. */
const kernels = {
  bilinear: { support: 1, weight: (x) => 1 - x },
  bicubic: { support: 2, weight: catmullRom },
  lanczos: { support: 3, weight: (x) => sinc(x) * sinc(x / 3) },
}

function catmullRom(x) {
  const square = x * x
  const cube = square * x
  return (x < 1 ? 9 * cube - 15 * square + 6 : 15 * square - 3 * cube - 24 * x + 12) / 6
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI)
}

/**
 * A picture at another size. What becomes smaller is done first, rows, then columns; what becomes larger after that.
 *
 * @param {{data: Uint8Array, width: number, height: number}} picture RGB, height * width * 3
 * @param {{width: number, height: number, interpolation: string}} preprocess
 * @returns {Uint8Array} RGB, height * width * 3
 */
export function resize(picture, { width, height, interpolation }) {
  const down = 1 / (picture.height / height)
  const across = 1 / (picture.width / width)
  let smaller = picture
  if (down < 1) smaller = shrink(smaller, 'rows', 1 / down, height, interpolation)
  if (across < 1) smaller = shrink(smaller, 'columns', 1 / across, width, interpolation)
  if (down <= 1 && across <= 1) return new Uint8Array(smaller.data)
  const rows = { size: height, scale: down, factor: Math.max(down, 1) }
  const columns = { size: width, scale: across, factor: Math.max(across, 1) }
  return new Uint8Array(enlarge(smaller, rows, columns, interpolation).data)
}

/** resample/reducev.cpp and reduceh.cpp. */
function shrink(picture, axis, factor, size, interpolation) {
  const length = axis === 'rows' ? picture.height : picture.width
  const offset = (1 + (size * factor - length)) / 2 - 1
  const strip = axis === 'rows' ? stripHeight : size
  const positions = positionsOf(size, strip, factor, (i) => (i + 0.5) * factor - 0.5 - offset)
  if (interpolation === 'nearest') return pick(picture, axis, positions.map(Math.floor))
  return cut(weigh(picture, axis, tapsOf(positions, 0.5, factor, kernels[interpolation])))
}

/** resample/affine.c. There is no Lanczos; all but `nearest` sample half a pixel off. */
function enlarge(picture, rows, columns, interpolation) {
  const method = interpolation === 'lanczos' ? 'bicubic' : interpolation
  const shift = method === 'nearest' ? 0 : 0.5
  const determinant = 1 / (columns.factor * rows.factor)
  const positions = (strip, { size }, other) => {
    const step = determinant * other.factor
    return positionsOf(size, strip, step, (i) => i * step - shift + border[method])
  }
  const down = positions(1, rows, columns)
  const across = positions(columns.size, columns, rows)
  if (method === 'bilinear') return bilinear(picture, down, across)
  if (method === 'bicubic') {
    const weighed = (from, axis, at) => weigh(from, axis, tapsOf(at, border.bicubic, 1, kernels.bicubic))
    return cut(weighed(weighed(picture, 'columns', across), 'rows', down))
  }
  // Where both scales are whole, vips_zoom repeats pixels.
  const isWhole = Number.isInteger(rows.scale) && Number.isInteger(columns.scale)
  const places = (at, { factor }) =>
    at.map((position, i) => Math.floor(isWhole ? i / factor : position - border.nearest))
  return pick(pick(picture, 'rows', places(down, rows)), 'columns', places(across, columns))
}

/** Where output pixels lie: from the first of a strip on, a step is added for each, with its rounding errors. */
function positionsOf(count, strip, step, first) {
  const positions = []
  for (let i = 0; i < count; i++) positions.push(i % strip === 0 ? first(i) : positions[i - 1] + step)
  return positions
}

/** For every output pixel: where its input pixels begin, and what each of them weighs. */
function tapsOf(positions, origin, widening, { support, weight }) {
  const reach = Math.ceil(support * widening)
  return positions.map((position) => {
    const middle = Math.floor((Math.floor(position * 2 * steps) + 1) / 2) / steps - origin
    const first = Math.floor(middle) - reach
    const values = []
    for (let at = first; at < first + 2 * reach + 2; at++) {
      const distance = Math.abs(at - middle) / widening
      values.push(distance < support ? weight(distance) : 0)
    }
    const sum = values.reduce((total, value) => total + value, 0)
    return { first, weights: values.map((value) => Math.trunc((value / sum) * one)) }
  })
}

/** Weighted pixels along an axis, rounded to levels, not cut to 0..255 yet. */
function weigh({ data, width, height }, axis, taps) {
  const isRows = axis === 'rows'
  const [wide, high] = isRows ? [width, taps.length] : [taps.length, height]
  const [length, distance] = isRows ? [height, width * 3] : [width, 3]
  const out = new Int16Array(high * wide * 3)
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const { first, weights } = taps[isRows ? y : x]
      const line = isRows ? x * 3 : y * width * 3
      for (let channel = 0; channel < 3; channel++) {
        let sum = one / 2
        for (let i = 0; i < weights.length; i++) {
          sum += weights[i] * data[line + inside(first + i, length) * distance + channel]
        }
        out[(y * wide + x) * 3 + channel] = Math.floor(sum / one)
      }
    }
  }
  return { data: out, width: wide, height: high }
}

function cut({ data, width, height }) {
  return { data: Uint8ClampedArray.from(data), width, height }
}

function pick(picture, axis, places) {
  return weigh(
    picture,
    axis,
    places.map((first) => ({ first, weights: [one] })),
  )
}

/** Four pixels for each, with weights that are not a product of a row's and a column's: resample/interpolate.c. */
function bilinear({ data, width, height }, down, across) {
  const out = new Uint8Array(down.length * across.length * 3)
  const fraction = (position) => Math.floor((position - Math.floor(position)) * one)
  const pixel = (x, y) => (inside(y, height) * width + inside(x, width)) * 3
  for (const [y, row] of down.entries()) {
    const top = Math.floor(row) - border.bilinear
    const lower = fraction(row)
    const upper = one - lower
    for (const [x, column] of across.entries()) {
      const left = Math.floor(column) - border.bilinear
      const right = fraction(column)
      const upperRight = Math.floor((upper * right) / one)
      const lowerRight = Math.floor((lower * right) / one)
      for (let channel = 0; channel < 3; channel++) {
        const sum =
          (upper - upperRight) * data[pixel(left, top) + channel] +
          upperRight * data[pixel(left + 1, top) + channel] +
          (lower - lowerRight) * data[pixel(left, top + 1) + channel] +
          lowerRight * data[pixel(left + 1, top + 1) + channel]
        out[(y * across.length + x) * 3 + channel] = Math.floor(sum / one + 0.5)
      }
    }
  }
  return { data: out, width: across.length, height: down.length }
}

/** The border's pixels go on outside of the picture. */
function inside(at, length) {
  return Math.max(0, Math.min(length - 1, at))
}
