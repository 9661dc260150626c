/** What a figure should be on two CPU cores. */
export interface Target {
  readonly figure: string
  /** For people: what is divided by what. */
  readonly meaning: string
  readonly least?: number
  readonly most?: number
}

export const targets: readonly Target[] = [
  {
    figure: 'predictVsSession',
    meaning: 'images a second of predict from JPEG files / of the bare session',
    least: 0.95,
  },
  {
    figure: 'extractVsSession',
    meaning: 'views a second of extraction from JPEG files / of the bare session',
    least: 0.92,
  },
  { figure: 'int8VsFloat32', meaning: 'images a second of the default model / of its float32 form', least: 1.8 },
  {
    figure: 'vsTransformersJs',
    meaning: 'images a second of predict / of transformers.js, same classifier',
    least: 1.5,
  },
  { figure: 'trainOrtVsTfjs', meaning: 'time to train a head on tfjs (wasm) / on onnxruntime', least: 20 },
  { figure: 'trainShareOfFirstAdd', meaning: 'time of training / of a first --add', most: 0.1 },
  { figure: 'cachedAddVsFirst', meaning: 'time of --add with everything cached / of a first --add', most: 0.25 },
  { figure: 'predict500Vs5', meaning: 'time of predict with 500 added classes / with 5', most: 1.03 },
  {
    figure: 'chosenVsUsualLayers',
    meaning: 'time of predict with layers chosen for each increment / with the usual ones',
    most: 1.03,
  },
  { figure: 'increment20Vs1', meaning: 'time of the 20th --add / of the first', most: 1.5 },
  {
    figure: 'predictOverheadShare',
    meaning: 'time of predict outside loading, decoding and inference / all',
    most: 0.15,
  },
  { figure: 'scalePeakMiB', meaning: 'MiB of memory to train on 200,000 features of 2048, 100 classes', most: 1536 },
  { figure: 'scaleLinearR2', meaning: 'r² of a straight line through training times of four sizes', least: 0.98 },
]

export function isMet({ least = -Infinity, most = Infinity }: Target, value: number): boolean {
  return value >= least && value <= most
}
