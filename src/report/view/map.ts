import { isAdded } from '../../bundle/manifest.js'
import type { ImageRecord } from '../../evaluation/evaluation-record.js'
import { topK } from '../../math/softmax.js'

export interface FeaturePoint {
  readonly x: number
  readonly y: number
  /** The class that it shows. */
  readonly index: number
  /** Whether its class was added, now or earlier; the map tells these apart. */
  readonly isAdded: boolean
  readonly isWrong: boolean
  /** Place of its record. */
  readonly place: number
}

export interface MapClass {
  readonly index: number
  readonly label: string
  readonly isAdded: boolean
  readonly count: number
  /** Share of the nearest points of its images that are of the same class; `null` with too few images to tell. */
  readonly alike: number | null
  /** The commonest class among the other ones. */
  readonly nearest: string | null
}

export interface MapView {
  readonly points: readonly FeaturePoint[]
  /** Old images that nothing else is known of. */
  readonly background: readonly (readonly [number, number])[]
  readonly classes: readonly MapClass[]
}

const neighbours = 10
/** Images of a class below which its neighbours say nothing. */
const fewestImages = 5

/**
 * @param places of the records that are on the map
 * @param coordinates of these, and then those of the background
 */
export function mapView(
  records: readonly ImageRecord[],
  places: readonly number[],
  coordinates: readonly (readonly [number, number])[],
): MapView {
  const points = places.map((place, i): FeaturePoint => {
    const { truth, error } = records[place]!
    const [x, y] = coordinates[i]!
    return { x, y, index: truth.index, isAdded: isAdded(truth), isWrong: error !== null, place }
  })
  const classes = new Map(places.map((place) => [records[place]!.truth.index, records[place]!.truth]))
  return {
    points,
    background: coordinates.slice(places.length),
    classes: [...classes.values()]
      .sort((a, b) => a.index - b.index)
      .map((label) => ({
        index: label.index,
        label: label.label,
        isAdded: isAdded(label),
        ...surroundings(label.index),
      })),
  }

  function surroundings(index: number) {
    const own = points.filter((point) => point.index === index)
    const counts = new Map<number, number>()
    // The base model's classes are shown as one.
    const isShown = isAdded(classes.get(index)!) && own.length >= fewestImages
    for (const point of isShown ? own : []) {
      for (const near of nearestTo(point, points)) counts.set(near.index, (counts.get(near.index) ?? 0) + 1)
    }
    const total = [...counts.values()].reduce((sum, one) => sum + one, 0)
    const [nearest] = [...counts].filter(([other]) => other !== index).sort(([, a], [, b]) => b - a)
    return {
      count: own.length,
      alike: total === 0 ? null : (counts.get(index) ?? 0) / total,
      nearest: nearest === undefined ? null : classes.get(nearest[0])!.label,
    }
  }
}

function nearestTo(point: FeaturePoint, points: readonly FeaturePoint[]): FeaturePoint[] {
  const closeness = Float64Array.from(points, (other) =>
    other === point ? -Infinity : -((other.x - point.x) ** 2 + (other.y - point.y) ** 2),
  )
  return topK(closeness, Math.min(neighbours, points.length - 1)).map((place) => points[place]!)
}
