import { quantileOf } from '../quantile.js';
import { newGrid, type CellGrid } from './cell-grid.js';

/** The background begins as the median of this many seconds, so that who walks by leaves nothing behind in it. */
const FIRST_S = 8;
/** Pictures of that time which are kept. */
const MOST_FIRST = 40;
/** Gray levels a second by which the background follows the picture from then on. */
const RATE = 0.25;
/** After a longer gap the time in between is not counted. */
const LONGEST_STEP_S = 1;

/**
 * What each cell looks like when nothing is in front of it: a running median by small equal steps (Manzanera and
 * Richefeu: A robust and computationally efficient motion detection algorithm based on Sigma-Delta background
 * estimation, ICVGIP 2004). Something that stays is taken for background after minutes: 50 gray levels take 200 s.
 */
export class Background {
  #gray: CellGrid | null = null;
  #first: CellGrid[] = [];
  #firstS = 0;

  /**
   * By how many gray levels each cell is lighter than the background; then follows the picture. A change of all light
   * is taken out first: the median difference of the cells. Null while the background is not known yet.
   */
  difference(gray: CellGrid, stepS: number): CellGrid | null {
    const countedS = Math.min(stepS, LONGEST_STEP_S);
    const background = this.#gray;
    if (background === null) {
      this.#begin(gray, countedS);
      return null;
    }
    const differences = newGrid();
    for (let cell = 0; cell < gray.length; cell += 1) {
      differences[cell] = (gray[cell] ?? 0) - (background[cell] ?? 0);
    }
    const light = quantileOf(differences, 0.5);
    const most = RATE * countedS;
    for (let cell = 0; cell < gray.length; cell += 1) {
      const difference = differences[cell] ?? 0;
      background[cell] = (background[cell] ?? 0) + Math.min(most, Math.max(-most, difference));
      differences[cell] = difference - light;
    }
    return differences;
  }

  /** Forgets the background: the picture is another one, or in another light. */
  restart(): void {
    this.#gray = null;
    this.#first = [];
    this.#firstS = 0;
  }

  #begin(gray: CellGrid, stepS: number): void {
    this.#firstS += stepS;
    if (this.#first.length < (MOST_FIRST * this.#firstS) / FIRST_S) this.#first.push(gray.slice());
    if (this.#firstS < FIRST_S) return;
    const seen = this.#first;
    this.restart();
    this.#gray = gray.map((_, cell) =>
      quantileOf(
        seen.map((picture) => picture[cell] ?? 0),
        0.5,
      ),
    );
  }
}
