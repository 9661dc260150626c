import type { Section } from './section.js'

/** All sections in the order in which they run; `torture/NAME/section.ts` exports each as `section`. */
export const sectionNames = [
  'kills',
  'faults',
  'flips',
  'fuzz',
  'pictures',
  'aborts',
  'resources',
  'determinism',
] as const

/** @throws Error that names those that there are */
export async function loadSection(name: string): Promise<Section> {
  if (!(sectionNames as readonly string[]).includes(name)) {
    throw new Error(`no section ${name}; there are ${sectionNames.join(', ')}`)
  }
  const { section } = (await import(`./${name}/section.js`)) as { readonly section: Section }
  return section
}
