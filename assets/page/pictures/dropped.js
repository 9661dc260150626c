// Files that the visitor gives, and which of them are pictures.

const extensions = /\.(jpe?g|png|webp|gif|avif|heic|heif|tiff?|bmp)$/i

/** Whether a file's type or name promises a picture. */
export function looksLikePicture(file) {
  return file.type.startsWith('image/') || extensions.test(file.name)
}

/** Where a file lies in the folder that it was given with; its name where it came alone. */
export function pathOf(file) {
  return file.path ?? (file.webkitRelativePath || file.name)
}

/**
 * The files that were dropped, those in folders too.
 *
 * @param {DataTransfer} transfer
 * @returns {Promise<{files: File[], folder: boolean}>} `folder`: whether one was among them
 */
export async function picturesIn(transfer) {
  // Entries are gone after the event, so all of them are asked for at once.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean)
  if (!entries.some(({ isDirectory }) => isDirectory)) return { files: [...transfer.files], folder: false }
  const files = []
  for (const entry of entries) await collect(entry, files)
  return { files, folder: true }
}

async function collect(entry, files) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject))
    file.path = entry.fullPath.replace(/^\//, '')
    files.push(file)
    return
  }
  const reader = entry.createReader()
  // A reader gives a hundred or so at a time, and nothing at the end.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return
    for (const one of some) await collect(one, files)
  }
}
