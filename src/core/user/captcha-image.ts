// The picture of a captcha, drawn pixel by pixel. Not SVG: whoever draws characters as outlines sends what they are along with them (of
// svg-captcha, the order of a path's commands alone names each character). Here are strokes only, each of them turned, bent and
// smeared anew, under lines of the same thickness, so that a reader has to tell them apart by their shape.

import { crc32, deflateSync } from 'node:zlib'

const width = 180
const height = 64

/** Strokes on a grid of 4 by 6, `x y` after `x y`; those that a hurried person mixes up with another are left out. */
const strokes: Record<string, readonly string[]> = {
  A: ['0 6 2 0 4 6', '.8 4 3.2 4'],
  C: ['4 1.2 3 .2 1.6 0 .4 1.2 0 3 .4 4.8 1.6 6 3 5.8 4 4.8'],
  E: ['4 0 0 0 0 6 4 6', '0 3 3 3'],
  F: ['4 0 0 0 0 6', '0 3 3 3'],
  H: ['0 0 0 6', '4 0 4 6', '0 3 4 3'],
  J: ['4 0 4 4.4 3.3 5.7 2 6 .8 5.6 .2 4.6'],
  K: ['0 0 0 6', '4 0 0 3.4', '1.2 2.6 4 6'],
  M: ['0 6 0 0 2 3.4 4 0 4 6'],
  N: ['0 6 0 0 4 6 4 0'],
  P: ['0 6 0 0 2.6 0 3.8 .7 4 1.7 3.8 2.6 2.6 3.3 0 3.3'],
  R: ['0 6 0 0 2.6 0 3.8 .7 4 1.6 3.8 2.5 2.6 3.1 0 3.1', '2 3.1 4 6'],
  T: ['0 0 4 0', '2 0 2 6'],
  W: ['0 0 1 6 2 2.4 3 6 4 0'],
  X: ['0 0 4 6', '4 0 0 6'],
  Y: ['0 0 2 3 4 0', '2 3 2 6'],
  3: ['.2 .8 1.2 0 2.8 0 3.8 .9 3.6 2.2 1.8 2.9 3.6 3.6 4 4.8 3 5.9 1.2 6 0 5.2'],
  4: ['3 6 3 0 0 4.2 4 4.2'],
  7: ['0 0 4 0 1.4 6'],
  9: ['3.9 2 3.2 3.1 1.8 3.4 .5 2.8 .1 1.6 .8 .4 2.2 0 3.5 .6 3.9 2 3.7 4.2 2.8 5.6 1.2 6'],
}

export const captchaCharacters = Object.keys(strokes)

type Point = readonly [x: number, y: number]
type Bend = (point: Point) => Point

/** A data URL of a PNG. What has no strokes, as a fixed answer of tests may, leaves a gap. */
export function drawCaptcha(answer: string): string {
  const pixels = new Uint8Array(width * height)
  const bend = wave()
  const step = (width - 24) / answer.length
  for (const [at, character] of [...answer.toUpperCase()].entries()) {
    const place = placed(12 + step * (at + 0.5), height / 2, step)
    const thickness = between(1.1, 1.7)
    for (const stroke of strokes[character] ?? []) drawLine(pixels, pointsOf(stroke).map(place), bend, thickness)
  }
  for (let line = 0; line < 3; line++) drawLine(pixels, strayLine(), bend, between(0.7, 1.4))
  return `data:image/png;base64,${pngOf(smeared(pixels)).toString('base64')}`
}

function pointsOf(stroke: string): Point[] {
  const numbers = stroke.split(' ').map(Number)
  return Array.from({ length: numbers.length / 2 }, (_, at) => [numbers[2 * at]!, numbers[2 * at + 1]!])
}

/** From the grid to its place in the picture, turned, slanted and of a size of its own. */
function placed(x: number, y: number, step: number): Bend {
  const angle = between(-0.4, 0.4)
  const slant = between(-0.25, 0.25)
  const [wide, high] = [(step * between(0.72, 0.95)) / 4, (height * between(0.48, 0.66)) / 6]
  const [left, top] = [x + between(-3, 3), y + between(-5, 5)]
  return ([column, row]) => {
    const [across, down] = [(column - 2 + slant * (3 - row)) * wide, (row - 3) * high]
    return [left + across * Math.cos(angle) - down * Math.sin(angle), top + across * Math.sin(angle) + down * Math.cos(angle)]
  }
}

function wave(): Bend {
  const [high, wide] = [between(2.5, 5), between(2, 4)]
  const [alongX, alongY] = [between(70, 130), between(45, 80)]
  const [startX, startY] = [between(0, 7), between(0, 7)]
  return ([x, y]) => [x + wide * Math.sin(y / (alongY / 6.3) + startY), y + high * Math.sin(x / (alongX / 6.3) + startX)]
}

function strayLine(): Point[] {
  const [from, to] = [between(0, height), between(0, height)]
  const bulge = between(-height / 2, height / 2)
  return Array.from({ length: 13 }, (_, at) => [(width * at) / 12, from + ((to - from) * at) / 12 + bulge * Math.sin((at / 12) * Math.PI)])
}

function drawLine(pixels: Uint8Array, points: readonly Point[], bend: Bend, thickness: number): void {
  for (let at = 1; at < points.length; at++) {
    const [[x, y], [nextX, nextY]] = [points[at - 1]!, points[at]!]
    const dots = Math.ceil(Math.hypot(nextX - x, nextY - y) / 0.9)
    for (let dot = 0; dot <= dots; dot++) drawDot(pixels, bend([x + ((nextX - x) * dot) / dots, y + ((nextY - y) * dot) / dots]), thickness)
  }
}

function drawDot(pixels: Uint8Array, [x, y]: Point, thickness: number): void {
  const reach = Math.ceil(thickness + 1)
  for (let row = Math.floor(y) - reach; row <= y + reach; row++) {
    for (let column = Math.floor(x) - reach; column <= x + reach; column++) {
      if (row < 0 || row >= height || column < 0 || column >= width) continue
      const ink = 255 * Math.min(1, Math.max(0, thickness + 0.7 - Math.sqrt((column - x) ** 2 + (row - y) ** 2)))
      pixels[row * width + column] = Math.max(pixels[row * width + column]!, ink)
    }
  }
}

/** Dark on light, with grain. */
function smeared(pixels: Uint8Array): Uint8Array {
  return pixels.map((ink) => Math.min(255, Math.max(0, 238 - ink * 0.72 + between(-34, 34))))
}

function pngOf(pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits of grey.
  header.set([8, 0, 0, 0, 0], 8)
  const rows = Buffer.alloc((width + 1) * height)
  for (let row = 0; row < height; row++) rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 1 })), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, check])
}

/** How a picture is bent need not be unguessable; what it says is. */
const between = (min: number, max: number) => min + Math.random() * (max - min)
