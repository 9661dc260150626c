import type { Diagnosis } from '../../workflow/doctor.js'
import { bytes } from '../format.js'
import type { Style } from '../style.js'
import { table } from '../table.js'

/** A diagnosis whose remedies are phrased in terms of the command line. */
export interface ShownDiagnosis extends Omit<Diagnosis, 'providers'> {
  readonly providers: readonly (Omit<Diagnosis['providers'][number], 'remedy'> & { readonly remedy?: string })[]
}

/** Versions, execution providers and the cache. */
export function describeDiagnosis({ versions, providers, cache }: ShownDiagnosis, style: Style): string {
  const providerRows = providers.map(({ name, available, reason }) => [
    name,
    available ? style.good('available') : `${style.caution('not available')}: ${reason}`,
  ])
  const remedies = providers.flatMap(({ name, remedy }) =>
    remedy === undefined ? [] : [`  to use ${name}: ${remedy}`],
  )
  return [
    style.heading('Versions'),
    table(Object.entries(versions), ['left', 'left'], style.width),
    '',
    style.heading('Execution providers'),
    table(providerRows, ['left', 'left'], style.width),
    ...remedies,
    '',
    style.heading('Cache'),
    table([[cache.folder, bytes(cache.bytes)]], ['left', 'right']),
  ].join('\n')
}
