import { centralRegion, drawnSize, modelInput } from './preprocess.js'

/** The picture as the model's input; transparency lies on white, as in training. */
export async function pixelsOf(file, preprocess) {
  const bitmap = await createImageBitmap(file) // turned upright, in sRGB
  const drawn = drawnSize(bitmap.width, bitmap.height, preprocess)
  const region = centralRegion(drawn.width, drawn.height, preprocess)
  // Browsers limit the size of a canvas: it holds nothing but what the model looks at.
  const canvas = document.createElement('canvas')
  canvas.width = region.width
  canvas.height = region.height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context.fillStyle = 'white'
  context.fillRect(0, 0, region.width, region.height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, -region.left, -region.top, drawn.width, drawn.height)
  bitmap.close()
  const { data } = context.getImageData(0, 0, region.width, region.height)
  return modelInput(data, region, preprocess)
}
