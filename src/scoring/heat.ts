import { dilated, newGrid, type CellGrid } from './cell-grid.js';
import { deviation, signEnergy, type EnergyFit } from './frame-energy.js';
import { featureNames, signsOf, vectorMap, type FrameMaps } from './frame-sample.js';

/**
 * Tells where a frame is odd: each cell by all that makes it so, the deviations of the features and the energies of the
 * signs that it would bring if it had the largest values of the frame.
 */
export function heatFunction(fit: Omit<EnergyFit, 'density'>): (maps: FrameMaps['maps']) => CellGrid {
  const { model, features } = fit;
  const isSign = signsOf(model);
  return (maps) => {
    const heat = newGrid();
    featureNames(model).forEach((name, i) => {
      const map = maps.get(name);
      if (map === undefined) return;
      const oddness = isSign[i] === true ? signEnergy : deviation;
      // A stride is told in one cell, the middle of a body.
      const spread = name === 'stride' ? dilated(dilated(map)) : map;
      vectorMap(name, spread, fit).forEach((value, cell) => {
        heat[cell] = (heat[cell] ?? 0) + Math.max(0, oddness(value, features[i]));
      });
    });
    return heat;
  };
}
