/** A known set of images, compared with the old images of a base model as `domainShift` compares others. */
export interface KnownShift {
  readonly name: string
  readonly distance: number
  readonly unsureness: number
}

/** By SHA-256 of the base model's file. Made by scripts/make-shift-scale.ts; docs/results.md names the sets. */
const scales: Readonly<Record<string, readonly KnownShift[]>> = {
  // Inception v3
  cbed70fe511637acc6c300e78238cd6946e71fa613aeb943df85dddd71a87a37: [
    { name: "photographs of ImageNet's classes", distance: 0.0029, unsureness: 0.22 },
    { name: 'textures', distance: 0.0264, unsureness: 1.022 },
    { name: 'pieces of waste on white', distance: 0.0532, unsureness: 1.089 },
    { name: 'photographs of flowers', distance: 0.0753, unsureness: 0.976 },
    { name: 'playing cards', distance: 0.1288, unsureness: 1.138 },
    { name: 'drawings of flowers', distance: 0.1626, unsureness: 1.866 },
  ],
}

/** The known sets of a base model, by ascending distance. @param model SHA-256 of its file */
export function knownShifts(model: string): readonly KnownShift[] {
  return scales[model] ?? []
}
