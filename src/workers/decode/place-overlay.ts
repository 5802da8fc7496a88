import type { Place } from '../../event.js';
import { CELLS } from '../../vad-model.js';

/** Full-range YUV 4:2:0, as JPEG has it: `u` and `v` are half as wide and half as high as `y`. */
export interface YuvPicture {
  /** Pixels of `y`; even. */
  width: number;
  height: number;
  y: Plane;
  u: Plane;
  v: Plane;
}

export interface Plane {
  /** uint8, rows of `stride` bytes; what lies beyond the width is padding. */
  pixels: Uint8Array;
  stride: number;
}

type Channel = 'y' | 'u' | 'v';
const channels: readonly Channel[] = ['y', 'u', 'v'];

type Colour = Readonly<Record<Channel, number>>;
/** Heat goes from red, where it begins, to yellow, where it is strongest. */
const RED: Colour = { y: 76, u: 85, v: 255 };
const YELLOW: Colour = { y: 226, u: 0, v: 149 };
const WHITE: Colour = { y: 255, u: 128, v: 128 };
const BLACK: Colour = { y: 0, u: 128, v: 128 };
/** What is strongest must still show what it is. */
const MAX_OPACITY = 0.6;
/** Width of a line against that of the picture. */
const LINE_SHARE = 1 / 320;
const FULL = 256;
const HEAT_LEVELS = 256;

/**
 * Draws the heat over the picture, and the box around it. Heat is linear between the middles of cells, so that it
 * fades out within the first half of a cell that has none; the rest of such a cell stays as it was.
 */
export function drawPlace(picture: YuvPicture, { heat, box }: Place): void {
  for (const channel of channels) blendHeat(picture, channel, heat);
  outline(picture, box);
}

function blendHeat(picture: YuvPicture, channel: Channel, heat: Uint8Array): void {
  const { width, height } = sizeOf(picture, channel);
  const { pixels, stride } = picture[channel];
  const columns = betweenCells(width, CELLS.columns);
  const rows = betweenCells(height, CELLS.rows);
  const { opacity, colour } = tables(channel);
  const line = new Float32Array(CELLS.columns);
  for (let y = 0; y < height; y += 1) {
    if (!interpolateRow(heat, rows, y, line)) continue;
    for (let x = 0; x < width; x += 1) {
      const value = at(line, columns, x) | 0;
      if (value === 0) continue;
      const pixel = y * stride + x;
      const share = opacity[value] ?? 0;
      pixels[pixel] = ((pixels[pixel] ?? 0) * (FULL - share) + (colour[value] ?? 0) * share) >> 8;
    }
  }
}

/** For each pixel of a side the two cells whose middles it lies between, and its way from the first to the second. */
interface Between {
  first: Uint8Array;
  second: Uint8Array;
  way: Float32Array;
}

function betweenCells(pixels: number, cells: number): Between {
  const between = {
    first: new Uint8Array(pixels),
    second: new Uint8Array(pixels),
    way: new Float32Array(pixels),
  };
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const place = Math.min(cells - 1, Math.max(0, ((pixel + 0.5) / pixels) * cells - 0.5));
    between.first[pixel] = Math.floor(place);
    between.second[pixel] = Math.ceil(place);
    between.way[pixel] = place - Math.floor(place);
  }
  return between;
}

/** Puts the heat at a row of pixels into `line`; false when there is none. */
function interpolateRow(heat: Uint8Array, rows: Between, y: number, line: Float32Array): boolean {
  const first = (rows.first[y] ?? 0) * CELLS.columns;
  const second = (rows.second[y] ?? 0) * CELLS.columns;
  const way = rows.way[y] ?? 0;
  let most = 0;
  for (let column = 0; column < CELLS.columns; column += 1) {
    const value = (heat[first + column] ?? 0) * (1 - way) + (heat[second + column] ?? 0) * way;
    line[column] = value;
    most = Math.max(most, value);
  }
  return most >= 1;
}

function at(line: Float32Array, columns: Between, x: number): number {
  const first = line[columns.first[x] ?? 0] ?? 0;
  const second = line[columns.second[x] ?? 0] ?? 0;
  return first + (second - first) * (columns.way[x] ?? 0);
}

/** By heat, 0 to 255: how much of the colour there is, of 256, and the colour's value in this channel. */
function tables(channel: Channel): { opacity: Uint8Array; colour: Uint8Array } {
  const opacity = new Uint8Array(HEAT_LEVELS);
  const colour = new Uint8Array(HEAT_LEVELS);
  for (let value = 0; value < HEAT_LEVELS; value += 1) {
    const share = value / (HEAT_LEVELS - 1);
    opacity[value] = Math.round(FULL * MAX_OPACITY * share);
    colour[value] = Math.round(RED[channel] + (YELLOW[channel] - RED[channel]) * share);
  }
  return { opacity, colour };
}

/** A white line inside of the box, with a black one around it: one of them stands out from whatever is there. */
function outline(picture: YuvPicture, [left, top, width, height]: Place['box']): void {
  const line = Math.max(2, even(picture.width * LINE_SHARE));
  const outer: Rectangle = {
    left: even(left * picture.width),
    top: even(top * picture.height),
    right: even((left + width) * picture.width),
    bottom: even((top + height) * picture.height),
  };
  frame(picture, outer, line, BLACK);
  frame(picture, inset(outer, line), line, WHITE);
}

/** In pixels of `y`, even; `right` and `bottom` are the first beyond. */
interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function frame(picture: YuvPicture, outer: Rectangle, line: number, colour: Colour): void {
  const inner = inset(outer, line);
  fill(picture, { ...outer, bottom: inner.top }, colour);
  fill(picture, { ...outer, top: inner.bottom }, colour);
  fill(picture, { ...outer, right: inner.left }, colour);
  fill(picture, { ...outer, left: inner.right }, colour);
}

/** Thinner where there is no room for the line on both sides. */
function inset({ left, top, right, bottom }: Rectangle, line: number): Rectangle {
  const x = Math.min(line, 2 * Math.floor((right - left) / 4));
  const y = Math.min(line, 2 * Math.floor((bottom - top) / 4));
  return { left: left + x, top: top + y, right: right - x, bottom: bottom - y };
}

function fill(picture: YuvPicture, { left, top, right, bottom }: Rectangle, colour: Colour): void {
  for (const channel of channels) {
    const { pixels, stride } = picture[channel];
    const shrink = channel === 'y' ? 1 : 2;
    for (let y = top / shrink; y < bottom / shrink; y += 1) {
      pixels.fill(colour[channel], y * stride + left / shrink, y * stride + right / shrink);
    }
  }
}

function sizeOf({ width, height }: YuvPicture, channel: Channel): { width: number; height: number } {
  return channel === 'y' ? { width, height } : { width: width / 2, height: height / 2 };
}

function even(pixels: number): number {
  return 2 * Math.round(pixels / 2);
}
