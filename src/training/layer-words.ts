/** The choices of layers in plain words, by name. */
export const layerWords: Readonly<Record<string, string>> = {
  default: 'the usual ones',
  all: 'more of the middle ones too',
  layout: 'the middle ones, and where in the picture things lie',
}
