// Builds the front-end: styles, scripts, icons, marks and the fonts for printed documents.
// `npm ci && node frontend/build.mjs`; nothing is fetched from anywhere while it runs.

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import * as esbuild from 'esbuild'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)
const modules = join(root, 'node_modules')
const output = join(root, 'yimen/channels/shared/static/yimen')
const fonts = join(root, 'yimen/base/fonts')

// What a visitor's first view of the portal may weigh, as it travels.
const budget = 100_000

async function buildStyles () {
  for (const name of ['yimen', 'desk']) {
    const result = sass.compile(join(here, 'scss', `${name}.scss`), {
      loadPaths: [modules],
      style: 'compressed',
      quietDeps: true
    })
    const lean = result.css
      .replaceAll('-webkit-font-smoothing:antialiased;-moz-osx-font-smoothing:grayscale', '')
      .replace(/@media print\{[^{}]+\{font-family:var\(--family\)\}\}/g, '')
    const { code } = await esbuild.transform(lean, { loader: 'css', minify: true })
    await writeFile(join(output, `${name}.css`), code)
  }
}

async function buildScripts () {
  await esbuild.build({
    entryPoints: ['yimen', 'desk'].map((name) => join(here, 'js', `${name}.js`)),
    outdir: output,
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2020'],
    nodePaths: [modules],
    legalComments: 'none',
    logLevel: 'warning'
  })
}

// The icons that our templates use and those that the cities' declarations name.
async function iconNames () {
  const names = new Set(JSON.parse(await readFile(join(here, 'icons.json'), 'utf8')))
  const cities = join(root, 'cities')
  if (existsSync(cities)) {
    for (const city of await readdir(cities)) {
      const file = join(cities, city, 'city.toml')
      if (!existsSync(file)) continue
      const declared = (await readFile(file, 'utf8')).matchAll(/^\s*icon\s*=\s*"([a-z0-9-]+)"/gm)
      for (const [, name] of declared) names.add(name)
    }
  }
  return [...names].sort()
}

async function buildIcons () {
  const symbols = []
  for (const name of await iconNames()) {
    const file = join(modules, 'lucide-static/icons', `${name}.svg`)
    if (!existsSync(file)) {
      throw new Error(`Lucide has no icon named "${name}". Choose another in city.toml or icons.json.`)
    }
    const body = (await readFile(file, 'utf8'))
      .replace(/<!--.*?-->/gs, '')
      .replace(/<svg[^>]*>|<\/svg>/gs, '')
      .replace(/\s*\n\s*/g, '')
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`)
  }
  const emblem = (await readFile(join(here, 'marks/emblem.svg'), 'utf8'))
    .replace(/<svg[^>]*>|<\/svg>/gs, '').trim()
  symbols.push(`<symbol id="emblem" viewBox="0 0 24 24">${emblem}</symbol>`)
  await writeFile(
    join(output, 'icons.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`
  )
  return symbols.length
}

async function copyFonts () {
  await mkdir(fonts, { recursive: true })
  const from = join(modules, '@expo-google-fonts/noto-sans-sc')
  await copyFile(join(from, '400Regular/NotoSansSC_400Regular.ttf'), join(fonts, 'NotoSansSC-Regular.ttf'))
  await copyFile(join(from, '700Bold/NotoSansSC_700Bold.ttf'), join(fonts, 'NotoSansSC-Bold.ttf'))
  await copyFile(join(from, 'LICENSE_FONT'), join(fonts, 'OFL.txt'))
}

async function firstViewWeight () {
  let weight = 0
  for (const name of ['yimen.css', 'yimen.js', 'icons.svg', 'emblem.svg']) {
    weight += gzipSync(await readFile(join(output, name))).length
  }
  return weight
}

await rm(output, { recursive: true, force: true })
await mkdir(output, { recursive: true })
await buildStyles()
await buildScripts()
const icons = await buildIcons()
await copyFile(join(here, 'marks/emblem.svg'), join(output, 'emblem.svg'))
await copyFonts()
const weight = await firstViewWeight()
console.log(`Front-end built: ${icons} icons, ${weight.toLocaleString('en')} bytes on a first view.`)
if (weight > budget) {
  console.error(`That is more than the ${budget.toLocaleString('en')} bytes allowed.`)
  process.exitCode = 1
}
