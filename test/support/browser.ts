import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import WebSocket from 'ws';
import { eventually, temporaryDir } from './product.js';

const executable = '/usr/bin/chromium';

/** A loaded machine takes its time to load a page. */
const UNTIL_MS = 30_000;

const SHIFT = 8;

const keyCodes: Partial<Record<string, number>> = {
  Enter: 13,
  Escape: 27,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  Delete: 46,
};

/** Whether Debian's Chromium is there; tests that need it are skipped by name without it. */
export const hasChromium = existsSync(executable);

interface ProtocolMessage {
  id?: number;
  method?: string;
  params?: { type?: string; exceptionDetails?: { text: string }; entry?: { text: string; level: string } };
  result?: { result?: { value?: unknown } };
}

/** One page of a headless Chromium, driven over its DevTools protocol. */
export class Browser {
  /** Script errors and refused loads, such as those that break the content security policy. */
  readonly errors: string[] = [];
  readonly #process: ChildProcess;
  readonly #page: WebSocket;
  readonly #replies = new Map<number, (message: ProtocolMessage) => void>();
  #calls = 0;

  private constructor(process: ChildProcess, page: WebSocket) {
    this.#process = process;
    this.#page = page;
    page.on('message', (data: Buffer) => {
      this.#receive(JSON.parse(data.toString()) as ProtocolMessage);
    });
  }

  /** `token` is what somebody would have typed into the dashboard before. */
  static async open(url: string, width: number, height: number, token?: string): Promise<Browser> {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
    const offline = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const profile = [`--user-data-dir=${temporaryDir('chromium')}`, '--remote-debugging-port=0'];
    const child = spawn(executable, [...flags, ...offline, ...profile, 'about:blank']);
    const endpoint = await new Promise<URL>((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        const found = /ws:\/\/\S+/.exec(text.toString());
        if (found !== null) resolve(new URL(found[0]));
      });
    });
    const pages = (await (await fetch(`http://${endpoint.host}/json`)).json()) as {
      type: string;
      webSocketDebuggerUrl: string;
    }[];
    const page = new WebSocket(pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
    await once(page, 'open');
    const browser = new Browser(child, page);
    const size = { width, height, deviceScaleFactor: 1, mobile: width < 500 };
    await browser.#call('Emulation.setDeviceMetricsOverride', size);
    for (const domain of ['Page', 'Runtime', 'Log']) await browser.#call(`${domain}.enable`);
    if (token !== undefined) {
      const source = `sessionStorage.setItem('nunchi-token', ${JSON.stringify(token)})`;
      await browser.#call('Page.addScriptToEvaluateOnNewDocument', { source });
    }
    await browser.#call('Page.navigate', { url });
    return browser;
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.#call('Runtime.evaluate', { expression, returnByValue: true });
    return result?.result?.value as T;
  }

  /** Waits until an expression in the page is true. Throws after thirty seconds. */
  async until(expression: string): Promise<void> {
    const isTrue = async (): Promise<true | undefined> =>
      (await this.evaluate<boolean>(expression)) ? true : undefined;
    await eventually(isTrue, expression, UNTIL_MS);
  }

  /** Clicks in the middle of what a selector finds, or where `share` says in it, as a mouse does. */
  async click(selector: string, share: readonly [x: number, y: number] = [0.5, 0.5]): Promise<void> {
    const found = `document.querySelector(${JSON.stringify(selector)})`;
    const box = await this.evaluate<{ x: number; y: number; width: number; height: number }>(
      `(${found}.scrollIntoView({ block: 'nearest' }), ${found}.getBoundingClientRect().toJSON())`,
    );
    const at = { x: box.x + share[0] * box.width, y: box.y + share[1] * box.height };
    for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased'])
      await this.#call('Input.dispatchMouseEvent', { ...at, type, button: 'left', clickCount: 1 });
  }

  /** Presses a key, such as `ArrowRight`, where the focus is; with Shift if so asked. */
  async press(key: string, shift = false): Promise<void> {
    // What a page sees by default actions, as of Enter on a button, needs the code that Windows gives the key.
    const windowsVirtualKeyCode = keyCodes[key] ?? 0;
    const text = key === 'Enter' ? { text: '\r' } : {};
    for (const type of ['keyDown', 'keyUp'])
      await this.#call('Input.dispatchKeyEvent', {
        type,
        key,
        code: key,
        windowsVirtualKeyCode,
        modifiers: shift ? SHIFT : 0,
        ...text,
      });
  }

  /** Presses the button of that text, within what a selector finds. */
  async push(label: string, within = 'body'): Promise<void> {
    await this.evaluate(
      `[...document.querySelector(${JSON.stringify(within)}).querySelectorAll('button')]
        .find((button) => button.textContent === ${JSON.stringify(label)}).click()`,
    );
  }

  /** Writes into the field of that name, within what a selector finds, as somebody who types does. */
  async fill(name: string, value: string, within: string): Promise<void> {
    await this.evaluate(
      `((field) => {
        field.value = ${JSON.stringify(value)};
        field.dispatchEvent(new Event('input', { bubbles: true }));
      })(document.querySelector(${JSON.stringify(`${within} [name="${name}"]`)}))`,
    );
  }

  async close(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#page.terminate();
    this.#process.kill();
    await exited;
  }

  #call(method: string, params: object = {}): Promise<ProtocolMessage> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve) => {
      this.#replies.set(id, resolve);
      this.#page.send(JSON.stringify({ id, method, params }));
    });
  }

  #receive(message: ProtocolMessage): void {
    if (message.id !== undefined) this.#replies.get(message.id)?.(message);
    const { exceptionDetails, entry } = message.params ?? {};
    if (exceptionDetails !== undefined) this.errors.push(exceptionDetails.text);
    if (entry?.level === 'error') this.errors.push(entry.text);
  }
}
