import type { GradientRule } from './rule.js'
import { activationRules } from './rules/activations.js'
import { convolutionRules } from './rules/convolution.js'
import { elementwiseRules } from './rules/elementwise.js'
import { layoutRules } from './rules/layout.js'
import { normalizationRules } from './rules/normalization.js'
import { poolingRules } from './rules/pooling.js'
import { productRules } from './rules/products.js'
import { reductionRules } from './rules/reductions.js'

/** One rule an operator, by its ONNX name. */
export const rules: Readonly<Record<string, GradientRule>> = {
  ...elementwiseRules,
  ...activationRules,
  ...productRules,
  ...convolutionRules,
  ...poolingRules,
  ...reductionRules,
  ...normalizationRules,
  ...layoutRules,
}
