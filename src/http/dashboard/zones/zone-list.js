/** The zones and masks by name, beside the picture. */
import { button, counted, element } from '../elements.js';
import { titleOf } from './zone-shapes.js';

export class ZoneList {
  #list;
  #listeners;
  #rows = new Map();

  /** `listeners`: onSelected(shape), onRenamed(shape, name), onRemoved(shape). */
  constructor(list, listeners) {
    this.#list = list;
    this.#listeners = listeners;
  }

  show({ shapes, selected, isEditable }) {
    this.#rows = new Map(
      shapes.map((shape) => [shape, this.#row(shape, shapes, shape === selected, isEditable)]),
    );
    this.#list.replaceChildren(...this.#rows.values());
  }

  /** Says what is wrong with a shape; false when it is not listed. */
  complain(shape, words) {
    const row = this.#rows.get(shape);
    if (row === undefined) return false;
    const error = element('p', 'field-error', words);
    error.setAttribute('role', 'alert');
    row.append(error);
    return true;
  }

  #row(shape, shapes, isSelected, isEditable) {
    const title = titleOf(shape, shapes);
    const select = button(
      isSelected ? 'Selected' : 'Select',
      () => this.#listeners.onSelected(isSelected ? null : shape),
      'button',
    );
    select.ariaPressed = String(isSelected);
    select.ariaLabel = `Select ${title}`;
    const remove = button('Remove', () => this.#listeners.onRemoved(shape), 'button danger');
    remove.ariaLabel = `Remove ${title}`;
    const row = element(
      'li',
      'zone-row',
      element(
        'p',
        'zone-name',
        element('span', 'swatch'),
        shape.kind === 'zone' && isEditable ? this.#nameField(shape) : element('strong', '', title),
        element('span', 'zone-points', counted(shape.points.length, 'point')),
      ),
      ...(isEditable ? [element('div', 'actions', select, remove)] : []),
    );
    Object.assign(row.dataset, { kind: shape.kind, selected: String(isSelected) });
    return row;
  }

  #nameField(shape) {
    const field = element('input', '');
    Object.assign(field, { value: shape.name, maxLength: 64, ariaLabel: 'Name of the zone' });
    field.addEventListener('input', () => this.#listeners.onRenamed(shape, field.value.trim()));
    return field;
  }
}
