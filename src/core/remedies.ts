/**
 * What may be done about an error or a warning, as data. The message tells what is wrong; whoever shows it to people
 * puts this into words that mean something to them, as the command line does with its own options.
 */
export type Remedy =
  // Of an option of the call, by its name in the library.
  /** `value`: what it should be, as "another node". */
  | { readonly kind: 'give-option'; readonly option: 'head' | 'bottleneck' | 'labels'; readonly value: string }
  | { readonly kind: 'choose-another'; readonly option: 'out' | 'name' | 'rehearsal' }
  | { readonly kind: 'leave-out'; readonly option: 'size' | 'input' }

  // Of the place where something is to be written, or of a bundle that is looked for.
  /** `out` should be a folder inside the one that was given. */
  | { readonly kind: 'choose-folder-inside' }
  /** `out` should be a file. */
  | { readonly kind: 'name-file' }
  /** Extend the bundle that is there already, or take another `out`. */
  | { readonly kind: 'extend-instead'; readonly bundle: string }
  | { readonly kind: 'make-bundle'; readonly out: string }
  | { readonly kind: 'make-bundle-of'; readonly model: string }
  /** By a new addition: this version does not read the bundle's format. */
  | { readonly kind: 'build-again' }
  /** All is known of a bundle: its classes can be listed, and only ONNX files be inspected. */
  | { readonly kind: 'list-classes'; readonly bundle: string }

  // Of the model that is named or fetched.
  | { readonly kind: 'list-models' }
  | { readonly kind: 'name-model' }
  /** Download one of several by hand, and give its path. */
  | { readonly kind: 'give-model-path' }
  | { readonly kind: 'pull-model'; readonly model: string }

  // Of the network and the hub.
  | { readonly kind: 'check-network' }
  /** The address that it is asked at, and what stands between. */
  | { readonly kind: 'check-hub' }
  | { readonly kind: 'correct-proxy'; readonly proxy: 'http' | 'https' }
  | { readonly kind: 'give-token' }
  | { readonly kind: 'correct-token' }
  | { readonly kind: 'check-name-or-give-token' }

  // Of the execution provider.
  | { readonly kind: 'use-cpu' }
  | { readonly kind: 'diagnose-or-use-cpu' }
  | { readonly kind: 'set-up-cuda' }
  | { readonly kind: 'set-up-cuda-again'; readonly libraries: 'damaged' | 'mismatched' }
  /** The GPU is of another generation than those that the provider has code for. */
  | { readonly kind: 'set-up-older-cuda'; readonly cuda: 12 }
  | { readonly kind: 'set-up-newer-cuda'; readonly cuda: 13 }
  | { readonly kind: 'try-again' }
  /** Something outside this program, such as "install the NVIDIA driver". */
  | { readonly kind: 'mend-machine'; readonly what: string }
  | { readonly kind: 'mend-or-use-cpu'; readonly mend: Remedy }

  // Of a graph in which the head was looked for.
  | { readonly kind: 'name-tensor'; readonly option: 'head' | 'bottleneck' }
  /** `candidate`: a node that the option `head` could name. */
  | { readonly kind: 'name-head'; readonly candidate: string }
  /** Where another set of classes is meant. */
  | { readonly kind: 'name-other-head' }
  /** The option `layout` says which axis holds the channels. */
  | { readonly kind: 'check-layout' }

  // Of how pictures get into the model, and of what its classes are called.
  /** One number each as `mean` and `std`, and no `channels`. */
  | { readonly kind: 'give-grey-values' }
  /** Fetch the model again, or give `mean` and `std`. */
  | { readonly kind: 'refetch-or-give-values' }
  /** Give old photographs, or those of the options that say how the input is prepared. */
  | { readonly kind: 'confirm-input'; readonly options: readonly ('mean' | 'std' | 'channels')[] }
  /** Preprocessing or the order of the labels may be wrong, or the images be of other classes. */
  | { readonly kind: 'check-input' }
  | { readonly kind: 'give-fitting-labels' }
  /** Options of the input go with ONNX files alone. */
  | { readonly kind: 'leave-out-input' }

  // Of the names of classes and increments.
  /** `folders`: how many name no class. */
  | { readonly kind: 'rename-or-skip'; readonly folders: number }
  | { readonly kind: 'rename-or-remove'; readonly increment: string }
  /** Whether a class or an increment is to be removed. */
  | { readonly kind: 'say-which' }
  /** Name the folder as one class, or keep it apart by the option `overlap`. */
  | { readonly kind: 'rename-or-separate' }
  /** `merging`: what merging would do, "to train that class". */
  | { readonly kind: 'merge-or-separate'; readonly merging: string }
  | { readonly kind: 'merge-classes' }
  /** If they are the same thing; `rename`: what the folder must be called for that, where it is called otherwise. */
  | { readonly kind: 'merge-lookalike'; readonly rename?: string }
  /** Let the heads added earlier change this time. */
  | { readonly kind: 'unfreeze-once' }
  | { readonly kind: 'unfreeze-or-separate' }

  // Of the old images that are rehearsed with.
  | { readonly kind: 'give-old-images' }
  /** To lose fewer, and to measure how many. */
  | { readonly kind: 'give-old-images-to-measure' }
  | { readonly kind: 'give-old-images-or-none' }
  | { readonly kind: 'make-pack-again'; readonly model: string }
  | { readonly kind: 'make-fitting-pack' }

  // Of new classes that are called too seldom, too often, or in place of each other.
  /** Evaluate, and set `prior` or `maxOldDrop`. */
  | { readonly kind: 'check-balance' }
  | { readonly kind: 'add-images-or-change-model' }
  | { readonly kind: 'raise-prior' }
  /**
   * The guard of the old classes, `maxOldDrop`, lets only `allowed` of `oldImages` be lost. `suggested` is a limit to
   * try; of `enoughImages` old images, the limit there is would let one be lost.
   */
  | {
      readonly kind: 'raise-max-old-drop'
      readonly maxOldDrop: number
      readonly suggested: number
      readonly oldImages: number
      readonly allowed: number
      readonly enoughImages?: number
    }

  // Of a folder in which no classes lie, or not only.
  /** Add the classes of the folders `add`, then measure with `evaluate`; one of them is given. */
  | { readonly kind: 'use-parts'; readonly add?: string; readonly evaluate?: string }
  /** Move other parts elsewhere first. */
  | { readonly kind: 'move-then-add'; readonly folder: string }
  /** Take the classes inside these folders, or make each of them one class. */
  | { readonly kind: 'use-inner-folders'; readonly purpose: 'add' | 'evaluate'; readonly folders: readonly string[] }

  // Of features that are computed elsewhere.
  | { readonly kind: 'start-workers' }
  | { readonly kind: 'write-part-again' }
