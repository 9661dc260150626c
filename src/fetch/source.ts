/** A file inside an npm package. */
export interface NpmSource {
  readonly kind: 'npm'
  readonly package: string
  readonly version: string
  /** Subresource Integrity value of the tarball. */
  readonly integrity: string
  /** Path of the model's file inside the package. */
  readonly path: string
  /** Size of the tarball in bytes. */
  readonly bytes: number
  /** SHA-256 of the ONNX file that the model is converted to: 64 hex digits. */
  readonly converted?: string
}

/** An ONNX file at an address. */
export interface UrlSource {
  readonly kind: 'url'
  readonly url: string
  /** Of the file: 64 hex digits. */
  readonly sha256: string
  /** Size of the file in bytes. */
  readonly bytes: number
}

/** An ONNX file in a repository of the Hugging Face hub. */
export interface HubSource {
  readonly kind: 'hub'
  /** `owner/name` */
  readonly repo: string
  /** A commit, branch or tag; the hash must match in any case. */
  readonly revision: string
  readonly path: string
  /** Of the file: 64 hex digits. */
  readonly sha256: string
  /** Size of the file in bytes; for some files known only to the megabyte. */
  readonly bytes: number
}

/** Where a known model comes from. */
export type ModelSource = NpmSource | UrlSource | HubSource
