/**
 * Kinds of head. `softmax`: linear, in one joint softmax with the old head. `svm`: linear, a support vector machine for
 * each class against all the rest. `mlp`: a multilayer perceptron of one hidden layer.
 */
export type HeadKind = 'softmax' | 'svm' | 'mlp'

export const headKinds: readonly HeadKind[] = ['softmax', 'svm', 'mlp']

/** Kinds whose logits are linear in the features. */
export type LinearKind = Exclude<HeadKind, 'mlp'>

/** `auto`: the kind of least held-out loss, or the plainest where none is better to speak of. */
export type HeadChoice = HeadKind | 'auto'

export const headChoices: readonly HeadChoice[] = [...headKinds, 'auto']

export const defaultHead: HeadChoice = 'softmax'
