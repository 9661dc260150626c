import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** A number at a step. */
export interface Scalar {
  /** Letters before a slash group tags. */
  readonly tag: string
  readonly step: number
  readonly value: number
  /** Milliseconds since 1970. */
  readonly time: number
}

/** The first event of a file: TensorFlow's `Event` with `file_version`. */
export function versionEvent(time: number): Uint8Array {
  return eventAt(time).tag(3, WireType.LengthDelimited).string('brain.Event:2').finish()
}

/**
 * TensorFlow's `Event` with a `Summary` of one value (`event.proto`, `summary.proto`).
 *
 * @param description Markdown that TensorBoard shows beside the chart; the first event of a tag decides
 */
export function scalarEvent({ tag, step, value, time }: Scalar, description?: string): Uint8Array {
  const one = new BinaryWriter().tag(1, WireType.LengthDelimited).string(tag).tag(2, WireType.Bit32).float(value)
  if (description !== undefined) {
    const metadata = new BinaryWriter().tag(3, WireType.LengthDelimited).string(description).finish()
    one.tag(9, WireType.LengthDelimited).bytes(metadata)
  }
  const summary = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(one.finish()).finish()
  return eventAt(time).tag(2, WireType.Varint).int64(step).tag(5, WireType.LengthDelimited).bytes(summary).finish()
}

function eventAt(time: number): BinaryWriter {
  return new BinaryWriter().tag(1, WireType.Bit64).double(time / 1000)
}
