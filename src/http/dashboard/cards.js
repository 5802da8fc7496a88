/** The cards of a list, one for each thing that the server tells of: each has its `element`, and `update(thing)`. */
export class Cards {
  #list;
  #idOf;
  #create;
  /** By id. */
  #cards = new Map();

  constructor(list, idOf, create) {
    this.#list = list;
    this.#idOf = idOf;
    this.#create = create;
  }

  /** Makes the cards those of `things`; new ones come last. */
  update(things) {
    for (const thing of things) this.#cardOf(thing).update(thing);
    const ids = new Set(things.map(this.#idOf));
    for (const [id, card] of this.#cards) {
      if (ids.has(id)) continue;
      card.element.remove();
      this.#cards.delete(id);
    }
  }

  get(id) {
    return this.#cards.get(id);
  }

  all() {
    return [...this.#cards.values()];
  }

  #cardOf(thing) {
    const id = this.#idOf(thing);
    let card = this.#cards.get(id);
    if (card === undefined) {
      card = this.#create(thing);
      this.#cards.set(id, card);
      this.#list.append(card.element);
    }
    return card;
  }
}
