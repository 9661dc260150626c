/**
 * Writes the default base model's float32 form for `measure.py`, and prints, as JSON, where model and form are:
 *
 *     node dist/bench/fine-tuning/float32-form.js OUT.onnx
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fetchKnownModel } from '../../src/catalog/fetch-model.js'
import { decodeModel, encodeModel } from '../../src/onnx/model.js'
import { toPrecision } from '../../src/precision/convert.js'
import { usualCacheDir } from '../shared/cache-dir.js'

const [form] = process.argv.slice(2)
if (form === undefined) throw new Error('say where the float32 form is to be written')
const { file, sha256, known } = await fetchKnownModel('inception-v3', { cacheDir: usualCacheDir(process.env) })
await writeFile(form, encodeModel(toPrecision(decodeModel(await readFile(file)), 'float32')))
console.log(JSON.stringify({ model: file, sha256, preprocess: known.preprocess, form }))
