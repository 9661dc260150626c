/**
 * What a bundle can be exported as. Another format is a name here, a case in `workflow/export.ts`, and one in
 * `cli/reports/export.ts`.
 */
export const exportFormats = ['onnx', 'transformers', 'web', 'triton'] as const

export type ExportFormat = (typeof exportFormats)[number]
