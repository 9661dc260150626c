/** Of the classes that every JavaScript engine has, what is used here; Node's types name them alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WebAssembly.Module
  readonly Instance: new (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance
}

/** The part used here of libheif, compiled to WebAssembly. */
declare module 'libheif-js/libheif-wasm/libheif.js' {
  /** Makes an instance, with memory of its own. */
  function newLibheif(options: {
    /** @param done is called with an instance of libheif.wasm */
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ): WebAssembly.Exports
  }): newLibheif.Libheif
  namespace newLibheif {
    interface Libheif {
      readonly ready?: Promise<unknown>
      readonly heif_error_code: { readonly heif_error_Ok: unknown }
      readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown }
      readonly heif_chroma: {
        readonly heif_chroma_interleaved_RGB: unknown
        readonly heif_chroma_interleaved_RGBA: unknown
      }
      heif_context_alloc(): Context | null
      heif_context_free(context: Context): void
      heif_context_read_from_memory(context: Context, bytes: Uint8Array): Failure
      heif_js_context_get_primary_image_handle(context: Context): Handle | Failure
      heif_image_handle_get_width(handle: Handle): number
      heif_image_handle_get_height(handle: Handle): number
      heif_image_handle_has_alpha_channel(handle: Handle): number
      heif_image_handle_release(handle: Handle): void
      heif_js_decode_image2(
        handle: Handle,
        colorspace: unknown,
        chroma: unknown,
      ): Decoded | Failure | Promise<Decoded | Failure>
      heif_image_release(image: object): void
    }
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
  export = newLibheif
}
