import { env, pipeline } from '@huggingface/transformers'

/**
 * A standalone program, written as a user of the library would: classifies images with an exported folder, and prints a
 * line of JSON for each.
 */
const [folder, ...images] = process.argv.slice(2)
env.allowRemoteModels = false
const classifier = await pipeline('image-classification', folder!)
for (const image of images) console.log(JSON.stringify(await classifier(image, { top_k: 5 })))
await classifier.dispose()
