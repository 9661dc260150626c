/** With fewer images of either set, a two-sample test finds large differences alone. */
export const fewestToTrust = 20
