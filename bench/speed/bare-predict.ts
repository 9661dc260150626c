/**
 * What a prediction cannot do without: loads a model, decodes an image, runs it, and prints the seconds of each.
 * Loading the libraries counts to what they are for.
 *
 *     node dist/bench/speed/bare-predict.js MODEL.onnx IMAGE
 */
const [model, image] = process.argv.slice(2)

const start = performance.now()
const { InferenceSession, Tensor } = await import('onnxruntime-node')
const session = await InferenceSession.create(model!)
const loaded = performance.now()
const sharp = (await import('sharp')).default
const pixels = await sharp(image)
  .autoOrient()
  .resize(299, 299, { fit: 'cover', kernel: 'cubic' })
  .removeAlpha()
  .raw()
  .toBuffer()
const decoded = performance.now()
await session.run({ image: new Tensor('uint8', pixels, [1, 299, 299, 3]) })
const answered = performance.now()
console.log(
  JSON.stringify({
    load: (loaded - start) / 1000,
    decode: (decoded - loaded) / 1000,
    infer: (answered - decoded) / 1000,
  }),
)
