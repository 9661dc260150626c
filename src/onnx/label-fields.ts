/** Metadata fields in which exporters keep a model's class names. */
export const labelFields: readonly string[] = ['names', 'labels', 'classes', 'class_names', 'id2label']
