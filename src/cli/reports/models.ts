import type { KnownModelInfo } from '../../workflow/types.js'
import { bytes } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'

/** The known models, a line each. */
export function describeModels(models: readonly KnownModelInfo[], style: Style): string {
  const header = ['name', 'classes', 'download', 'licence', 'here', ''].map(style.faint)
  const rows = models.map(({ name, classes, downloadSize, licence, cached, description }) => [
    name,
    `${classes}`,
    bytes(downloadSize),
    licence,
    cached ? style.good('yes') : 'no',
    description,
  ])
  return table([header, ...rows], ['left', 'right', 'right', 'left', 'left', 'left'])
}

/** One model that has just been fetched. */
export function describeModel({ name, file }: KnownModelInfo): string {
  return `${name} is on this machine: ${file}`
}
