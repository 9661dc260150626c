import type { AdviceStep } from '../steps.js'
import { caseSteps } from './case-steps.js'
import { classSteps } from './class-steps.js'
import { pictureSteps } from './picture-steps.js'
import type { Findings } from './weighted-step.js'

const maxFiles = 20

/** What to do about the findings, the most useful first. */
export function rankSteps(findings: Findings): AdviceStep[] {
  return [...pictureSteps(findings), ...classSteps(findings), ...caseSteps(findings)]
    .sort((a, b) => b.weight - a.weight)
    .map(({ weight: _, files = [], ...step }) => ({ ...step, files: files.slice(0, maxFiles) }))
}
