import { parentPort } from 'node:worker_threads'
import libheif = require('libheif-js/wasm-bundle.js')
import { messageOf } from '../core/errors.js'
import { heifProfile } from './formats/heif-profile.js'
import type { HeicAnswer, HeicJob } from './heic.js'
import { emptyTiff } from './formats/tiff.js'

// The worker of `heicToTiff`: decodes the pictures it is sent, one after the other.
const port = parentPort!
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
  await libheif.ready
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
      return await pixelsOf(handle, heifProfile(bytes))
    } finally {
      libheif.heif_image_handle_release(handle)
    }
  } finally {
    libheif.heif_context_free(context)
  }
}

async function pixelsOf(handle: libheif.Handle, profile: Uint8Array | undefined): Promise<Uint8Array> {
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
