// A program that knows of a model nothing but what `docs` say of the file: plain onnxruntime-node and sharp, nothing of
// this project. Arguments: model.onnx, the JSON of `nplusk.preprocess`, an image. Prints what the session says of
// itself, and the answer.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'

const [model, preprocess, image] = process.argv.slice(2) as [string, string, string]
const { width, height, resize, cropFraction, interpolation } = JSON.parse(preprocess) as {
  width: number
  height: number
  resize: string
  cropFraction: number
  interpolation: string
}
if (resize !== 'shorter' || cropFraction !== 1 || interpolation !== 'bicubic') throw new Error(preprocess)
const pixels = await sharp(image)
  .autoOrient()
  .resize(width, height, { fit: 'cover', kernel: 'cubic' })
  .flatten({ background: 'white' })
  .toColourspace('srgb')
  .raw()
  .toBuffer()

const session = await InferenceSession.create(model)
const { logits, probabilities } = await session.run({
  image: new Tensor('uint8', new Uint8Array(pixels), [1, height, width, 3]),
})
const values = [...(probabilities!.data as Float32Array)]
console.log(
  JSON.stringify({
    inputs: session.inputMetadata,
    outputs: session.outputMetadata,
    logits: { type: logits!.type, dims: logits!.dims },
    sum: values.reduce((sum, value) => sum + value, 0),
    best: values.indexOf(Math.max(...values)),
  }),
)
