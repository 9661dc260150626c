/** What operating systems, file managers and network storage leave in folders, in lower case. */
const names: ReadonlySet<string> = new Set([
  '__macosx',
  '$recycle.bin',
  'system volume information',
  'lost+found',
  'thumbs.db',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini',
  '_desktop.ini',
  'picasa.ini',
  'zbthumbnail.info',
  'icon\r',
  'network trash folder',
  'temporary items',
  '__pycache__',
])

/**
 * Whether a name is one that no person gave: neither it nor what it holds is looked at or counted. Hidden folders, and
 * those that begin with `@` or `#` (`@eaDir`, `#recycle`), belong to programs.
 */
export function isSystemName(name: string, isFolder: boolean): boolean {
  if (names.has(name.toLowerCase())) return true
  return isFolder ? /^[.]|^[@#](eadir|recycle|recently-snapshot|snapshot|sharebin|tmp)$/i.test(name) : systemFile(name)
}

function systemFile(name: string): boolean {
  return /^\._|^\.(ds_store|localized|nomedia|directory|picasa\.ini|gitkeep|gitignore|gitattributes|apdisk)$/i.test(
    name,
  )
}
