import { shapeOf } from './graph.js'
import type { ValueInfoProto } from './model.js'

/** The shapes that the file declares in full, by tensor name; a symbolic first dimension (the batch) counts as 1. */
export function declaredShapes(infos: readonly ValueInfoProto[]): Map<string, number[]> {
  const shapes = new Map<string, number[]>()
  for (const info of infos) {
    const dims = shapeOf(info)?.map((dim, axis) => (axis === 0 && typeof dim === 'string' ? 1 : dim))
    if (dims?.every((dim) => typeof dim === 'number')) shapes.set(info.name, dims as number[])
  }
  return shapes
}
