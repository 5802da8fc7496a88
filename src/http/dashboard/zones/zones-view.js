/** Where in its picture a camera is watched: its zones and masks, drawn on its newest picture. */
import { failureText, send } from '../access.js';
import { mayDo } from '../caller.js';
import { button, counted, setText } from '../elements.js';
import { textAtField } from '../field-errors.js';
import { ZoneCanvas } from './zone-canvas.js';
import { ZoneList } from './zone-list.js';
import { ZonePen } from './zone-pen.js';
import { ZonePicture } from './zone-picture.js';
import { doublet, freeName, LEAST_POINTS, patchOf, shapesOf } from './zone-shapes.js';

const page = (id) => document.getElementById(id);
const notice = page('zones-notice');

export class ZonesView {
  title = 'Zones and masks';
  section = page('zones-page');
  link = page('cameras-link');
  #cameras = [];
  #id = null;
  #camera = null;
  #shapes = [];
  #selected = null;
  #kindDrawn = 'zone';
  /** Shapes by camera that are not saved yet: who leaves the view finds them again. */
  #drafts = new Map();
  #reload;
  #canvas;
  #list;
  #pen;
  #actions;
  #picture = new ZonePicture(page('zone-picture'), page('zone-no-picture'));

  /** `reload` has the cameras asked for anew. */
  constructor({ reload }) {
    this.#reload = reload;
    const screen = page('zone-screen');
    const onSelected = (shape) => this.#select(shape);
    const onMoved = () => this.#keep();
    const onChanged = () => this.#render();
    this.#canvas = new ZoneCanvas(screen, { onSelected, onMoved, onChanged });
    this.#list = new ZoneList(page('zone-list'), {
      onSelected,
      onRenamed: (shape, name) => {
        shape.name = name;
        this.#keep();
      },
      onRemoved: (shape) => this.#remove(shape),
    });
    this.#pen = new ZonePen(screen, {
      onPoints: (points) => this.#guide(points),
      onDone: (points) => this.#add(points),
      onCancelled: () => this.#render(),
    });
    this.#actions = {
      zone: button('Draw a zone', () => this.#draw('zone')),
      mask: button('Draw a mask', () => this.#draw('mask')),
      finish: button('Finish', () => this.#pen.finish(), 'button primary'),
      cancel: button('Cancel', () => this.#pen.cancel()),
      save: button('Save', () => this.#save(), 'button primary'),
      discard: button('Discard changes', () => this.#discard()),
    };
    page('zone-actions').append(...Object.values(this.#actions));
    page('new-picture').addEventListener('click', () => this.#showPicture());
    addEventListener('beforeunload', (leaving) => this.#drafts.size > 0 && leaving.preventDefault());
  }

  show(id = '') {
    this.#id = id;
    setText(notice, '');
    this.#open();
  }

  hide() {
    this.#pen.cancel();
    this.#id = null;
    this.#camera = null;
  }

  /** Takes over what `/api/cameras` says. */
  update(cameras) {
    this.#cameras = cameras;
    if (this.#id === null) return;
    if (this.#camera === null) this.#open();
    else if (this.#picture.isMissing) this.#showPicture();
  }

  get #isEditable() {
    return this.#camera.editable && mayDo('admin');
  }

  #open() {
    const camera = this.#cameras.find(({ id }) => id === this.#id);
    page('zones').hidden = camera === undefined;
    if (camera === undefined) {
      setText(page('zones-title'), 'Zones and masks');
      setText(notice, `There is no camera ${this.#id}.`);
      return;
    }
    setText(notice, '');
    this.#camera = camera;
    this.#selected = null;
    this.#shapes = this.#drafts.get(camera.id) ?? shapesOf(camera);
    setText(page('zones-title'), `Zones and masks of ${camera.name}`);
    this.#render();
    this.#showPicture();
  }

  /** Shapes, names and buttons as they are now; what is not saved is kept. */
  #render() {
    this.#keep();
    const view = { shapes: this.#shapes, selected: this.#selected, isEditable: this.#isEditable };
    this.#canvas.show(view);
    this.#list.show(view);
    this.#showActions();
    setText(page('zone-advice'), this.#advice());
  }

  /** Remembers what differs from what the camera has. */
  #keep() {
    const { id } = this.#camera;
    if (JSON.stringify(this.#shapes) === JSON.stringify(shapesOf(this.#camera))) this.#drafts.delete(id);
    else this.#drafts.set(id, this.#shapes);
    this.#showActions();
  }

  #showActions() {
    const { zone, mask, finish, cancel, save, discard } = this.#actions;
    const isDrawing = this.#pen.isDrawing;
    page('no-zones').hidden = isDrawing || this.#shapes.length > 0;
    for (const action of [zone, mask]) action.hidden = isDrawing || !this.#isEditable;
    for (const action of [finish, cancel]) action.hidden = !isDrawing;
    for (const action of [save, discard]) action.hidden = isDrawing || !this.#drafts.has(this.#camera.id);
  }

  #advice() {
    if (!this.#camera.editable) return `This camera is set by ${this.#camera.origin}: it is changed there.`;
    if (!this.#isEditable) return 'An admin may change them.';
    if (this.#selected === null) return 'Select one to move its points, or draw another.';
    return 'Drag a point, or move it by the arrow keys; Delete takes it away. A small point adds one.';
  }

  #guide(points) {
    const more = LEAST_POINTS - points.length;
    const next =
      more > 0 ? `${counted(more, 'more point')} at least` : 'Finish, or click the first point again';
    setText(page('zone-advice'), `${counted(points.length, 'point')}. ${next}.`);
  }

  #select(shape) {
    if (this.#pen.isDrawing || !this.#isEditable) return;
    this.#selected = shape;
    this.#render();
  }

  #draw(kind) {
    this.#kindDrawn = kind;
    this.#selected = null;
    this.#render();
    this.#pen.start(kind);
    this.#showActions();
    setText(
      page('zone-advice'),
      'Click its corners in the picture one after the other, or set them by the arrow keys and Enter.',
    );
  }

  #add(points) {
    const shape = { kind: this.#kindDrawn, name: '', points };
    if (shape.kind === 'zone') shape.name = freeName(this.#shapes);
    const firstMask = this.#shapes.findIndex(({ kind }) => kind === 'mask');
    const end = firstMask < 0 || shape.kind === 'mask' ? this.#shapes.length : firstMask;
    this.#shapes = this.#shapes.toSpliced(end, 0, shape);
    this.#selected = shape;
    this.#render();
  }

  #remove(shape) {
    this.#shapes = this.#shapes.filter((other) => other !== shape);
    if (this.#selected === shape) this.#selected = null;
    this.#render();
  }

  #discard() {
    this.#drafts.delete(this.#camera.id);
    this.#open();
  }

  async #save() {
    const { id } = this.#camera;
    this.#list.show({ shapes: this.#shapes, selected: this.#selected, isEditable: true });
    const twice = doublet(this.#shapes);
    if (twice !== undefined) {
      this.#list.complain(twice, 'another zone has this name');
      return;
    }
    try {
      this.#camera = await send(
        'PATCH',
        `/api/cameras/${encodeURIComponent(id)}`,
        patchOf(this.#shapes, this.#camera),
      );
      this.#drafts.delete(id);
      await this.#reload();
      this.#open();
      setText(notice, 'Saved. The camera learns anew what is ordinary there, and says nothing until it has.');
    } catch (failure) {
      this.#complain(failure);
    }
  }

  /** At the shape that the server names, as `zones.door.points` or `masks.0`. */
  #complain(failure) {
    const [, kind, name] = /(?:^|\.)(zone|mask)s\.([^.]+)/.exec(failure.field ?? '') ?? [];
    const masks = this.#shapes.filter((shape) => shape.kind === 'mask');
    const shape = kind === 'mask' ? masks[Number(name)] : this.#shapes.find((zone) => zone.name === name);
    if (name === undefined || !this.#list.complain(shape, textAtField(failure)))
      setText(notice, `That could not be saved: ${failureText(failure)}`);
  }

  /** Of the camera as it is now: it may have none yet when the view is opened. */
  #showPicture() {
    const camera = this.#cameras.find(({ id }) => id === this.#id);
    if (camera !== undefined) void this.#picture.load(camera);
  }
}
