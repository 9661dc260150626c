const storage =
  /^(dcim|camera|camera[ _-]?roll|\d{3}(?=\d*[a-z_])[a-z0-9_]{5}|(19|20)\d\d([ _.-]?\d\d?([ _.-]?\d\d?)?)?|(19|20)\d\d(0[1-9]|1[0-2])\d\d([ _-]?\d{6})?|(batch|part|session|roll|shoot|day|set|folder|upload|import|dump|chunk|page)s?[ _-]?\d+|new folder( \(\d+\))?)$/i
const generic =
  /^(images?|imgs?|pictures?|pics?|photos?|data|all|files?|jpe?gs?|pngs?|jpegimages|originals?|raw|resized|cropped|misc|other|more|extra|new|old)$/i

/**
 * Whether a folder of this name says where its pictures came from and not what they show: `2019`, `100CANON`, `batch
 * 3`.
 */
export function isStorageName(name: string): boolean {
  return storage.test(name) || generic.test(name)
}
