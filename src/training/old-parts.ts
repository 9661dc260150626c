/** Parts that old images are dealt out to where a branch is trained, without one of them, which figures are of. */
export const oldParts = 5
