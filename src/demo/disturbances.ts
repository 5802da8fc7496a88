import { between, type Random } from '../random.js';
import type { Viewport } from './perspective.js';
import type { Scene } from './scene.js';

/**
 * What befalls a whole picture: light, weather, the lens, the encoder. Drawn onto gray pictures, uint8
 * [height, width], so that what watches for it can be tried without waiting for a storm. Every function returns a
 * picture of its own.
 */

/** A lamp or the exposure: every pixel times `gain` plus `offset`, cut off at black and white. */
export function relit(pixels: Uint8Array, gain: number, offset = 0): Uint8Array {
  const levels = Uint8Array.from({ length: 256 }, (_, value) => clamped(gain * value + offset));
  return pixels.map((value) => levels[value] ?? 0);
}

/** Noise of a sensor: normally distributed with a standard deviation of `sigma` gray levels. */
export function withNoise(pixels: Uint8Array, sigma: number, random: Random): Uint8Array {
  return pixels.map((value) => clamped(value + sigma * gaussian(random)));
}

/** `drops` bright streaks in other places at every call. */
export function withRain(pixels: Uint8Array, size: Viewport, drops: number, random: Random): Uint8Array {
  const rained = pixels.slice();
  for (let drop = 0; drop < drops; drop += 1) {
    const [x, y] = [Math.floor(random() * size.width), Math.floor(random() * size.height)];
    const length = Math.min(size.height - y, Math.round(between(random, 4, 12)));
    const light = between(random, 20, 60);
    for (let i = (y + length - 1) * size.width + x; i >= y * size.width + x; i -= size.width)
      rained[i] = clamped((rained[i] ?? 0) + light);
  }
  return rained;
}

/** A bumped camera: the picture moved by whole pixels, what comes into it a copy of its border. */
export function shifted(pixels: Uint8Array, size: Viewport, dx: number, dy: number): Uint8Array {
  const { width, height } = size;
  return pixels.map((_, i) => {
    const x = Math.min(width - 1, Math.max(0, (i % width) - dx));
    const y = Math.min(height - 1, Math.max(0, Math.floor(i / width) - dy));
    return pixels[y * width + x] ?? 0;
  });
}

/** A scene seen by a camera that was turned sideways; positive to the right. */
export function panned(scene: Scene, degrees: number): Scene {
  const { position, target } = scene.site.camera;
  const angle = (degrees / 180) * Math.PI;
  const [x, z] = [target.x - position.x, target.z - position.z];
  const turned = {
    x: position.x + x * Math.cos(angle) + z * Math.sin(angle),
    y: target.y,
    z: position.z + z * Math.cos(angle) - x * Math.sin(angle),
  };
  return { ...scene, site: { ...scene.site, camera: { ...scene.site.camera, target: turned } } };
}

/** A lens out of focus: two passes of averaging over a square of 2 `radius` + 1 px, close to a Gaussian. */
export function defocused(pixels: Uint8Array, size: Viewport, radius: number): Uint8Array {
  let blurred: Float32Array = Float32Array.from(pixels);
  for (let pass = 0; pass < 2; pass += 1) {
    blurred = averaged(blurred, size.width, 1, radius);
    blurred = averaged(blurred, size.width, size.width, radius);
  }
  return Uint8Array.from(blurred, Math.round);
}

/** A hand or a bag on the lens: an even gray that falls off towards the corners, nothing of the scene. */
export function covered(size: Viewport, level: number): Uint8Array {
  const { width, height } = size;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) / width - 0.5, Math.floor(i / width) / height - 0.5];
    return clamped(level * (1 - 0.5 * (x * x + y * y)));
  });
}

/** A bus close to the camera, from the column `left` on (which may lie outside), over most of the height. */
export function passedByBus(pixels: Uint8Array, size: Viewport, left: number, length: number): Uint8Array {
  const [top, bottom] = [0.08 * size.height, 0.95 * size.height];
  return pixels.map((value, i) => {
    const [x, y] = [(i % size.width) - left, Math.floor(i / size.width)];
    if (x < 0 || x >= length || y < top || y >= bottom) return value;
    const isWindow = y < size.height / 2 && x % 28 > 6;
    return isWindow ? 45 : 110;
  });
}

/** A picture as an encoder with little data leaves it: in each 8x8 block, deviations from its mean in coarse steps. */
export function compressed(pixels: Uint8Array, size: Viewport, step: number): Uint8Array {
  const block = 8;
  const coarse = pixels.slice();
  for (let top = 0; top < size.height; top += block) {
    for (let left = 0; left < size.width; left += block) {
      const inside = Array.from(
        { length: block * block },
        (_, i) => (top + Math.floor(i / block)) * size.width + left + (i % block),
      );
      const mean = inside.reduce((sum, i) => sum + (pixels[i] ?? 0), 0) / inside.length;
      for (const i of inside) coarse[i] = clamped(mean + step * Math.round(((pixels[i] ?? 0) - mean) / step));
    }
  }
  return coarse;
}

/** Averages along one direction, whose neighbours lie `stride` apart; beyond the border the pixel itself counts. */
function averaged(values: Float32Array, width: number, stride: number, radius: number): Float32Array {
  return values.map((value, i) => {
    let sum = 0;
    for (let step = -radius; step <= radius; step += 1) {
      const j = i + step * stride;
      const sameRow = stride !== 1 || Math.floor(j / width) === Math.floor(i / width);
      sum += sameRow ? (values[j] ?? value) : value;
    }
    return sum / (2 * radius + 1);
  });
}

/** A number drawn from the standard normal distribution (Box and Muller, 1958). */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function clamped(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
