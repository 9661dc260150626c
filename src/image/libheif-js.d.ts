/** The part used here of libheif, compiled to WebAssembly. */
declare module 'libheif-js/wasm-bundle.js' {
  const libheif: {
    readonly ready?: Promise<unknown>
    readonly heif_error_code: { readonly heif_error_Ok: unknown }
    readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown }
    readonly heif_chroma: {
      readonly heif_chroma_interleaved_RGB: unknown
      readonly heif_chroma_interleaved_RGBA: unknown
    }
    heif_context_alloc(): libheif.Context | null
    heif_context_free(context: libheif.Context): void
    heif_context_read_from_memory(context: libheif.Context, bytes: Uint8Array): libheif.Failure
    heif_js_context_get_primary_image_handle(context: libheif.Context): libheif.Handle | libheif.Failure
    heif_image_handle_get_width(handle: libheif.Handle): number
    heif_image_handle_get_height(handle: libheif.Handle): number
    heif_image_handle_has_alpha_channel(handle: libheif.Handle): number
    heif_image_handle_release(handle: libheif.Handle): void
    heif_js_decode_image2(
      handle: libheif.Handle,
      colorspace: unknown,
      chroma: unknown,
    ): libheif.Decoded | libheif.Failure | Promise<libheif.Decoded | libheif.Failure>
    heif_image_release(image: object): void
  }
  namespace libheif {
    type Context = { readonly isContext: true }
    type Handle = { readonly code?: undefined }
    type Failure = { readonly code: object; readonly message: string }
    type Decoded = {
      readonly code?: undefined
      readonly image: object
      readonly channels: readonly {
        readonly width: number
        readonly height: number
        /** Bytes from one row to the next. */
        readonly stride: number
        readonly data: Uint8Array
      }[]
    }
  }
  export = libheif
}
