import type { Actor, Person } from './actors.js';
import { paintBag } from './bag.js';
import { strokeLine, type Brush } from './brush.js';
import { css } from './colour.js';
import { skeleton } from './figure.js';
import { paintSmoke } from './paint-smoke.js';
import { paintVehicle } from './vehicle.js';

/** Paints one actor over what is already on the canvas. */
export function paintActor(brush: Brush, actor: Actor): void {
  switch (actor.type) {
    case 'person':
      paintPerson(brush, actor);
      return;
    case 'vehicle':
      paintVehicle(brush, actor);
      return;
    case 'bag':
      paintBag(brush, actor);
      return;
    case 'smoke':
      paintSmoke(brush, actor);
      return;
  }
}

function paintPerson(brush: Brush, person: Person): void {
  if (person.opacity <= 0) return;
  const bones = skeleton(person.look, person.stance)
    .map((bone) => ({
      ...bone,
      depth: (brush.camera.depthOf(bone.from) + brush.camera.depthOf(bone.to)) / 2,
    }))
    .sort((a, b) => b.depth - a.depth);
  for (const { from, to, widthM, colour } of bones) {
    strokeLine(brush, from, to, widthM, css(colour, person.opacity));
  }
}
