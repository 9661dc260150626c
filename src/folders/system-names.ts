/** Names that operating systems, file managers and network storage leave in folders, in lower case. */
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
 * Whether a name was given by a program and not a person: such files and folders are neither read nor counted. Among
 * them are hidden folders, and folders such as `@eaDir` and `#recycle`.
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
