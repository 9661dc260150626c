import { photo } from '../../pictures/photo.js'

/** A small picture of one of a lesson's: from the file where it is here, else from the server. */
export function lessonPhoto(lesson, picture, properties) {
  const blob = picture.file ?? lesson.calls().then((calls) => calls.thumbnail(picture.image))
  return photo(blob, picture.name, properties)
}

/** Small pictures for ids of the server; of those that are gone there is none. */
export function photoStrip(lesson, images, most = 8) {
  return images
    .map((image) => lesson.pictureOf(image))
    .filter((picture) => picture !== undefined)
    .slice(0, most)
    .map((picture) => lessonPhoto(lesson, picture))
}
