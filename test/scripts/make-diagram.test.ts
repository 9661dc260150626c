import { describe, expect, test } from '@jest/globals'
import { diagrams } from '../../scripts/make-diagram.js'
import { documentText } from '../support/documents.js'

describe.each(Object.keys(diagrams))('docs/images/%s', (name) => {
  const svg = documentText(`docs/images/${name}`)

  test('is what the script draws', () => {
    expect(svg).toBe(diagrams[name])
  })

  test('refers to nothing outside itself', () => {
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|href|url\((?!#)|@import|<script/)
  })
})
