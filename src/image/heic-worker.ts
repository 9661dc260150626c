import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import newLibheif = require('libheif-js/libheif-wasm/libheif.js')
import { messageOf } from '../core/errors.js'
import { heifProfile } from './formats/heif-profile.js'
import type { HeicAnswer, HeicJob } from './heic.js'
import { emptyTiff } from './formats/tiff.js'

// The worker of `heicToTiff`: decodes the pictures it is sent, one after the other.
const port = parentPort!
const wasm = new WebAssembly.Module(
  readFileSync(createRequire(import.meta.url).resolve('libheif-js/libheif-wasm/libheif.wasm')),
)
let last: Promise<void> = Promise.resolve()
port.on('message', (job: HeicJob) => {
  last = last.then(async () => {
    try {
      const tiff = await decode(job)
      port.postMessage({ tiff } satisfies HeicAnswer, [tiff.buffer as ArrayBuffer])
    } catch (error) {
      port.postMessage({ failure: messageOf(error) } satisfies HeicAnswer)
    }
  })
})

async function decode({ bytes, maxPixels }: HeicJob): Promise<Uint8Array> {
  const libheif = await freshLibheif()
  const context = libheif.heif_context_alloc()
  if (context === null) throw new Error('no memory is left to decode it')
  try {
    const { code, message } = libheif.heif_context_read_from_memory(context, bytes)
    if (code !== libheif.heif_error_code.heif_error_Ok) throw new Error(message)
    const handle = libheif.heif_js_context_get_primary_image_handle(context)
    if (handle.code !== undefined) throw new Error(handle.message)
    try {
      const pixels = libheif.heif_image_handle_get_width(handle) * libheif.heif_image_handle_get_height(handle)
      if (pixels > maxPixels) throw new Error('Input image exceeds pixel limit')
      return await pixelsOf(libheif, handle, heifProfile(bytes))
    } finally {
      libheif.heif_image_handle_release(handle)
    }
  } finally {
    libheif.heif_context_free(context)
  }
}

/**
 * A decoder with memory of its own, all of it zero: of a damaged picture, parts that its file does not say are what lay
 * there before, and that must not be somebody else's picture.
 */
async function freshLibheif(): Promise<newLibheif.Libheif> {
  const libheif = newLibheif({
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(wasm, imports)
      done(instance, wasm)
      return instance.exports
    },
  })
  await libheif.ready
  return libheif
}

async function pixelsOf(
  libheif: newLibheif.Libheif,
  handle: newLibheif.Handle,
  profile: Uint8Array | undefined,
): Promise<Uint8Array> {
  const { heif_colorspace_RGB: rgb } = libheif.heif_colorspace
  const hasAlpha = libheif.heif_image_handle_has_alpha_channel(handle) !== 0
  const channels = hasAlpha ? 4 : 3
  const chroma = hasAlpha
    ? libheif.heif_chroma.heif_chroma_interleaved_RGBA
    : libheif.heif_chroma.heif_chroma_interleaved_RGB
  const decoded = await libheif.heif_js_decode_image2(handle, rgb, chroma)
  if (decoded.code !== undefined) throw new Error(decoded.message)
  try {
    const { width, height, stride, data: rows } = decoded.channels[0]!
    const { file, pixels } = emptyTiff({ width, height, channels, profile })
    const length = width * channels
    for (let y = 0; y < height; y++) pixels.set(rows.subarray(y * stride, y * stride + length), y * length)
    return file
  } finally {
    libheif.heif_image_release(decoded.image)
  }
}
