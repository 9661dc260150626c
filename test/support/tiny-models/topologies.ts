import * as convolutional from './convolutional.js'
import * as transformers from './transformers.js'

/** Tiny networks wired as the published ones are. */
export const topologies: Readonly<Record<string, () => convolutional.TinyModel>> = {
  'VGG-16': convolutional.vgg16,
  'ResNet-50': convolutional.resnet50,
  'Inception v3, torchvision with an auxiliary output': convolutional.inceptionV3Torchvision,
  'Inception v3, Keras, NHWC': convolutional.inceptionV3Keras,
  'MobileNet v1': convolutional.mobilenetV1,
  'MobileNet v2, batch fixed at 1': convolutional.mobilenetV2,
  'MobileNet v3': convolutional.mobilenetV3,
  EfficientNet: convolutional.efficientnet,
  DenseNet: convolutional.densenet,
  'SqueezeNet, batch fixed at 1': convolutional.squeezenet,
  'ShuffleNet v2': convolutional.shufflenet,
  'GoogLeNet with auxiliary outputs': convolutional.googlenet,
  ViT: () => transformers.vit(),
  'ViT, batch fixed at 1': () => transformers.vit({ fixed: true }),
  'ViT whose head comes before its class token is picked': transformers.vitHeadBeforeGather,
  'DeiT, class token': () => transformers.deit('class'),
  'DeiT, mean of the tokens': () => transformers.deit('mean'),
  Swin: transformers.swin,
  ConvNeXt: transformers.convnext,
}
