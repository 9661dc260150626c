import type { AdviceStep } from '../steps.js'
import { caseSteps } from './case-steps.js'
import { classSteps } from './class-steps.js'
import { pictureSteps } from './picture-steps.js'
import type { Findings } from './weighted-step.js'

const maxFiles = 20

/** What to do about the findings, the most useful first; where no picture can be used, about the pictures alone. */
export function rankSteps(findings: Findings): AdviceStep[] {
  const others = findings.images.used === 0 ? [] : [...classSteps(findings), ...caseSteps(findings)]
  return [...pictureSteps(findings), ...others]
    .sort((a, b) => b.weight - a.weight)
    .map(({ weight: _, files = [], ...step }) => ({ ...step, files: files.slice(0, maxFiles) }))
}
