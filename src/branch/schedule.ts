/**
 * How far step `step` goes, as a share of the highest rate: warm-up in a straight line, then half a cosine down to 0
 * (Loshchilov, Hutter, SGDR, 2017, without restarts).
 *
 * @param step from 0
 * @param total number of steps
 * @param warm number of steps of warm-up
 */
export function rateAt(step: number, total: number, warm: number): number {
  return Math.min(1, (step + 1) / warm) * 0.5 * (1 + Math.cos((Math.PI * step) / total))
}
