/** Where most of some values lie, whatever the few largest and smallest of them are. */
export interface RobustSpread {
  readonly median: number
  /** Half the distance between the quantiles at 16 % and 84 %: of normal values, the standard deviation. */
  readonly deviation: number
}

/** Median and deviation of values, from quantiles that are interpolated between neighbours. `NaN` for none. */
export function robustSpread(values: Float32Array): RobustSpread {
  const sorted = values.slice().sort()
  const quantile = (share: number): number => {
    const position = share * (sorted.length - 1)
    const below = sorted[Math.floor(position)] ?? NaN
    const above = sorted[Math.ceil(position)] ?? NaN
    return below + (position % 1) * (above - below)
  }
  return { median: quantile(0.5), deviation: (quantile(0.84) - quantile(0.16)) / 2 }
}
