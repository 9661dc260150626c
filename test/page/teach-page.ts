import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { token, type PageService } from './page-service.js'

/** Pictures of two colours of their own, by class. */
export async function drawn({ place }: PageService, name: string): Promise<{ blue: string[]; grey: string[] }> {
  const folder = await place.draw(name, { blue: 8, grey: 8 })
  const files = (label: string) => readdirSync(join(folder, label)).map((file) => join(folder, label, file))
  return { blue: files('blue'), grey: files('grey') }
}

export const teachButton = (page: Page) => page.getByRole('button', { name: 'Teach', exact: true })

/** Names a class on the page and gives it pictures. */
export async function fill(page: Page, at: number, name: string, files: readonly string[]): Promise<void> {
  const card = page.locator('.class').nth(at)
  await card.getByLabel('What is it?').fill(name)
  await card.locator('input[type=file]').first().setInputFiles(files)
  await card.getByText(new RegExp(`^${files.length} pictures`)).waitFor()
}

/** When every picture that is shown is at the service, or cannot be. */
export async function allSent(page: Page): Promise<void> {
  await page.locator('.sending').first().waitFor({ state: 'detached' })
}

/** Id of the lesson of a classifier that the page keeps; `null` where there is none. */
export async function lessonOf(page: Page, model = 'bundle'): Promise<string | null> {
  return (await page.evaluate(`sessionStorage.getItem('lesson ${model}')`)) as string | null
}

/** A request of another client about a lesson. */
export function ofLesson({ url }: PageService, path: string, method = 'GET'): Promise<Response> {
  return fetch(`${url}teach/lessons/${path}`, { method, headers: { authorization: `Bearer ${token}` } })
}

/** The classes of a lesson at the service, with how many pictures each has. */
export async function classesOf(service: PageService, lesson: string): Promise<[string, number][]> {
  const { classes } = (await (await ofLesson(service, lesson)).json()) as {
    classes: { label: string; images: unknown[] }[]
  }
  return classes.map(({ label, images }) => [label, images.length])
}
