import { env, pipeline } from '@huggingface/transformers'

/**
 * A program of its own, as a user of the library writes it: classifies images with an exported folder, a line of JSON
 * for each.
 */
const [folder, ...images] = process.argv.slice(2)
env.allowRemoteModels = false
const classifier = await pipeline('image-classification', folder!)
for (const image of images) console.log(JSON.stringify(await classifier(image, { top_k: 5 })))
await classifier.dispose()
