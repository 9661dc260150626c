/**
 * What can be done about an error or a warning, as data. The message says what is wrong; whoever shows it to people
 * puts the remedy into their terms, as the command line does with its own options.
 */
export type Remedy =
  // About an option of the call, by its name in the library.
  /** `value`: what it should be, such as "another node". */
  | { readonly kind: 'give-option'; readonly option: 'head' | 'bottleneck' | 'labels'; readonly value: string }
  | { readonly kind: 'choose-another'; readonly option: 'out' | 'name' | 'rehearsal' | 'copyTo' | 'cacheDir' }
  | { readonly kind: 'leave-out'; readonly option: 'size' | 'input' | 'trainer' | 'layers' }

  // About the path to write to, or a bundle that is looked for.
  /** `out` should be a folder inside the given one. */
  | { readonly kind: 'choose-folder-inside' }
  /** `out` should be a file. */
  | { readonly kind: 'name-file' }
  /** Extend the existing bundle, or choose another `out`. */
  | { readonly kind: 'extend-instead'; readonly bundle: string }
  | { readonly kind: 'make-bundle'; readonly out: string }
  | { readonly kind: 'make-bundle-of'; readonly model: string }
  /** Build the bundle again: this version does not read the bundle's format. */
  | { readonly kind: 'build-again' }
  /** Verify the bundle, which tells what else can be done about damage. */
  | { readonly kind: 'verify-bundle'; readonly bundle: string }
  /** Extend the bundle again, which fits all its heads again. */
  | { readonly kind: 'fit-again' }
  /** List the bundle's classes: only the model that it was made of can be inspected. */
  | { readonly kind: 'list-classes'; readonly bundle: string }

  // About the model that is named or fetched.
  | { readonly kind: 'list-models' }
  | { readonly kind: 'name-model' }
  /** Download one of several files by hand, and give its path. */
  | { readonly kind: 'give-model-path' }
  | { readonly kind: 'pull-model'; readonly model: string }

  // About the network and the hub.
  | { readonly kind: 'check-network' }
  /** Check its address, and any proxy or mirror on the way to it. */
  | { readonly kind: 'check-hub' }
  | { readonly kind: 'correct-proxy'; readonly proxy: 'http' | 'https' }
  | { readonly kind: 'give-token' }
  | { readonly kind: 'correct-token' }
  | { readonly kind: 'check-name-or-give-token' }

  // About the execution provider.
  | { readonly kind: 'use-cpu' }
  | { readonly kind: 'diagnose-or-use-cpu' }
  | { readonly kind: 'set-up-cuda' }
  | { readonly kind: 'set-up-cuda-again'; readonly libraries: 'damaged' | 'mismatched' }
  /** The provider has no code for this generation of GPU. */
  | { readonly kind: 'set-up-older-cuda'; readonly cuda: 12 }
  | { readonly kind: 'set-up-newer-cuda'; readonly cuda: 13 }
  | { readonly kind: 'try-again' }
  /** Something outside this program, such as "install the NVIDIA driver". */
  | { readonly kind: 'mend-machine'; readonly what: string }
  | { readonly kind: 'mend-or-use-cpu'; readonly mend: Remedy }

  // About the graph in which the head was looked for.
  | { readonly kind: 'name-tensor'; readonly option: 'head' | 'bottleneck' }
  /** `candidate`: a node that the option `head` could name. */
  | { readonly kind: 'name-head'; readonly candidate: string }
  /** If another set of classes is meant. */
  | { readonly kind: 'name-other-head' }
  /** Check the option `layout`, which says which axis holds the channels. */
  | { readonly kind: 'check-layout' }

  // About how images enter the model, and what its classes are called.
  /** Give one number each as `mean` and `std`, and no `channels`. */
  | { readonly kind: 'give-grey-values' }
  /** Fetch the model again, or give `mean` and `std`. */
  | { readonly kind: 'refetch-or-give-values' }
  /** Give old images, or those of the options that say how the input is prepared. */
  | { readonly kind: 'confirm-input'; readonly options: readonly ('mean' | 'std' | 'channels')[] }
  /** Preprocessing or the order of the labels may be wrong, or the images may be of other classes. */
  | { readonly kind: 'check-input' }
  | { readonly kind: 'give-fitting-labels' }
  /** Options of the input apply to ONNX files only. */
  | { readonly kind: 'leave-out-input' }

  // About the names of classes and increments.
  /** `folders`: number of folders that name no class. */
  | { readonly kind: 'rename-or-skip'; readonly folders: number }
  | { readonly kind: 'rename-or-remove'; readonly increment: string }
  /** Say whether a class or an increment is to be removed. */
  | { readonly kind: 'say-which' }
  /** Name the folder as one class, or keep it apart by the option `overlap`. */
  | { readonly kind: 'rename-or-separate' }
  /** `merging`: what merging would do, "to train that class". */
  | { readonly kind: 'merge-or-separate'; readonly merging: string }
  | { readonly kind: 'merge-classes' }
  /** Keep the folder apart from that class, by the option `overlap`, if it is another one. */
  | { readonly kind: 'keep-apart' }
  /** The same, where nothing was done. */
  | { readonly kind: 'keep-apart-instead' }
  /** Merge them if they are the same thing; `rename`: the name that the folder needs for that, if it has another. */
  | { readonly kind: 'merge-lookalike'; readonly rename?: string }
  /** The same, where they were added apart already. */
  | { readonly kind: 'merge-lookalike-again'; readonly rename?: string }
  /** Let the heads added earlier change this time. */
  | { readonly kind: 'unfreeze-once' }
  | { readonly kind: 'unfreeze-or-separate' }

  // About what is to be learned.
  /** Add the new classes by heads alone. */
  | { readonly kind: 'add-without-fine-tuning' }
  /** Fine-tune for so many minutes in all, which ends training soon with what it has learned. */
  | { readonly kind: 'end-training'; readonly minutes: number }
  /** Add the classes of a folder. */
  | { readonly kind: 'add-folder'; readonly folder: string }
  /** Try other base models. */
  | { readonly kind: 'compare-models' }

  // About the old images used for rehearsal.
  | { readonly kind: 'give-old-images' }
  /** Or let the option `layers` be chosen. */
  | { readonly kind: 'give-old-images-or-no-layers' }
  /** To lose fewer old images, and to measure how many are lost. */
  | { readonly kind: 'give-old-images-to-measure' }
  | { readonly kind: 'give-old-images-or-none' }
  | { readonly kind: 'make-pack-again'; readonly model: string }
  | { readonly kind: 'make-fitting-pack' }

  // About new classes that are predicted too rarely, too often, or in place of each other.
  /** Evaluate, and set `prior` or `maxOldDrop`. */
  | { readonly kind: 'check-balance' }
  | { readonly kind: 'add-images-or-change-model' }
  | { readonly kind: 'raise-prior' }
  /**
   * `maxOldDrop`, the limit on how many old images may be lost, allows only `allowed` of `oldImages`. `suggested` is a
   * limit to try; with `enoughImages` old images, the present limit would allow one to be lost.
   */
  | {
      readonly kind: 'raise-max-old-drop'
      readonly maxOldDrop: number
      readonly suggested: number
      readonly oldImages: number
      readonly allowed: number
      readonly enoughImages?: number
    }

  // About a folder that holds no classes, or not only classes.
  /** Add the classes of the folder `add`, then measure with the folder `evaluate`; at least one is given. */
  | { readonly kind: 'use-parts'; readonly add?: string; readonly evaluate?: string }
  /** Move other parts elsewhere first. */
  | { readonly kind: 'move-then-add'; readonly folder: string }
  /** Take the classes inside these folders, or make each of them one class. */
  | { readonly kind: 'use-inner-folders'; readonly purpose: 'add' | 'evaluate'; readonly folders: readonly string[] }

  // About a file of answers.
  /** Give the same options with `resume`. */
  | { readonly kind: 'resume' }
  | { readonly kind: 'resume-or-choose-another' }

  // About features that are computed elsewhere.
  | { readonly kind: 'start-workers' }
  | { readonly kind: 'write-part-again' }
