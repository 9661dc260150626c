import * as ort from './onnxruntime/ort.wasm.bundle.min.mjs'
import { centralRegion, drawnSize, modelInput } from './preprocess.js'

const shown = 5

const status = document.querySelector('#status')
const answers = document.querySelector('#answers')
const picture = document.querySelector('#picture')
const chooser = document.querySelector('#chooser')
const place = document.querySelector('#place')

// Several threads need headers that few servers send.
ort.env.wasm.numThreads = 1

const loading = load()
loading.then(
  () => (status.textContent = 'Ready.'),
  (error) => fail('The classifier cannot be loaded', error),
)

async function load() {
  const [card, session] = await Promise.all([
    fetch('./nplusk.json').then((response) => response.json()),
    ort.InferenceSession.create('./classifier.onnx', { executionProviders: ['wasm'] }),
  ])
  return { card, session }
}

// One picture after the other: a session runs one at a time.
let last = Promise.resolve()
function take(file) {
  if (file === undefined) return
  last = last.then(() => classify(file)).catch((error) => fail(`"${file.name}" cannot be classified`, error))
}

async function classify(file) {
  answers.replaceChildren()
  status.textContent = 'Looking …'
  URL.revokeObjectURL(picture.src)
  picture.src = URL.createObjectURL(file)
  picture.hidden = false
  const { card, session } = await loading
  const { preprocess, input, labels } = card
  const pixels = await pixelsOf(file, preprocess)
  const tensor = new ort.Tensor('uint8', pixels, [1, preprocess.height, preprocess.width, 3])
  const { probabilities } = await session.run({ [input.name]: tensor }, ['probabilities'])
  const best = Array.from(probabilities.data, (probability, index) => ({ probability, ...labels[index] }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, shown)
  answers.replaceChildren(...best.map(answerLine))
  status.textContent = file.name
}

/** The picture as the model's input; transparency lies on white, as in training. */
async function pixelsOf(file, preprocess) {
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

function answerLine({ label, increment, probability }) {
  const line = document.createElement('li')
  const bar = document.createElement('meter')
  bar.value = probability
  const name = document.createElement('span')
  name.className = 'label'
  name.textContent = label
  if (increment !== 'base') name.title = `came with ${increment}`
  const share = document.createElement('span')
  share.className = 'share'
  share.textContent = `${(100 * probability).toFixed(1)} %`
  line.append(bar, share, name)
  return line
}

function fail(what, error) {
  status.textContent = `${what}: ${error.message}`
}

chooser.addEventListener('change', () => {
  take(chooser.files[0])
  chooser.value = '' // so that the same file can be chosen again
})
addEventListener('dragover', (event) => {
  event.preventDefault()
  place.classList.add('over')
})
addEventListener('dragleave', () => place.classList.remove('over'))
addEventListener('drop', (event) => {
  event.preventDefault()
  place.classList.remove('over')
  take(event.dataTransfer.files[0])
})
