/** JSON bodies that a webhook's owner writes, with `{{placeholders}}` for what an alert says. */

/** What a template may hold, and what stands there. Of the worst event, where an alert speaks of several. */
export const placeholders = {
  id: 'of the message, the same over every attempt',
  kind: 'immediate, digest, notice or test',
  severity: 'the highest of the events',
  title: 'one line for people',
  text: 'the whole message for people, in lines',
  time: 'Unix seconds',
  time_iso: 'ISO 8601, UTC',
  count: 'events that it speaks of',
  held_back: 'alerts kept back since the last message',
  link: 'as configured, or empty',
  event_id: 'or empty',
  camera: 'id, or empty',
  camera_name: 'or empty',
  label: 'or empty',
  summary: 'or empty',
  verdict: 'or empty',
  top_score: 'from 0 to 1',
} as const;

export type Placeholder = keyof typeof placeholders;
export type PlaceholderValues = Readonly<Record<Placeholder, string | number>>;

const pattern = /\{\{\s*([^{}]*?)\s*\}\}/g;
const lone = /^\{\{\s*([^{}]*?)\s*\}\}$/;

/** The names in a text that no alert has. */
export function unknownPlaceholders(text: string): string[] {
  return [...text.matchAll(pattern)].flatMap(([, name = '']) => (isPlaceholder(name) ? [] : [name]));
}

/**
 * The JSON value that a template is: itself, or the one that its text holds. Throws a SyntaxError for a text that is
 * not JSON; its placeholders stand inside of quotes.
 */
export function templateValue(template: string | Readonly<Record<string, unknown>>): unknown {
  return typeof template === 'string' ? (JSON.parse(template) as unknown) : template;
}

/**
 * The value with every placeholder in its texts replaced. A text that is one placeholder and no more becomes the
 * value itself, so that a number stays a number. It works on the value and not on its text: nothing that an alert
 * says can break out of its quotes.
 */
export function fillTemplate(template: unknown, values: PlaceholderValues): unknown {
  if (typeof template === 'string') {
    const name = lone.exec(template)?.[1];
    return name !== undefined && isPlaceholder(name) ? values[name] : fillText(template, values);
  }
  if (Array.isArray(template)) return template.map((inner: unknown) => fillTemplate(inner, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, inner]) => [key, fillTemplate(inner, values)]),
  );
}

/** The text with its placeholders replaced, each passed through `escape`; one that nobody knows stays. */
export function fillText(
  text: string,
  values: PlaceholderValues,
  escape: (value: string) => string = (value) => value,
): string {
  return text.replace(pattern, (written, name: string) =>
    isPlaceholder(name) ? escape(String(values[name])) : written,
  );
}

function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(placeholders, name);
}
