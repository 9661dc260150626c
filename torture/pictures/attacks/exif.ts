/**
 * EXIF data of which every entry says that it is the same long text: what copies each of them needs `entries` times as
 * much memory as there is text.
 *
 * @param entries of the first directory, up to 65,535
 */
export function repeatingExif(entries: number, textBytes: number): Buffer {
  const directory = Buffer.alloc(8 + 2 + 12 * entries + 4)
  directory.write('MM\0*', 'latin1')
  directory.writeUInt32BE(8, 4)
  directory.writeUInt16BE(entries, 8)
  for (let i = 0; i < entries; i++) {
    const at = 10 + 12 * i
    directory.writeUInt16BE(tags[i % tags.length]!, at)
    directory.writeUInt16BE(2, at + 2)
    directory.writeUInt32BE(textBytes, at + 4)
    directory.writeUInt32BE(directory.length, at + 8)
  }
  return Buffer.concat([directory, Buffer.alloc(textBytes, 65)])
}

/** Texts of the first directory: description, maker, model, software, date, artist, copyright. */
const tags = [0x010e, 0x010f, 0x0110, 0x0131, 0x0132, 0x013b, 0x8298]
