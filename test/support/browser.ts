import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import WebSocket from 'ws';
import { eventually, temporaryDir } from './product.js';

const executable = '/usr/bin/chromium';

const UNTIL_MS = 10_000;

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

  /** Waits until an expression in the page is true. Throws after ten seconds. */
  async until(expression: string): Promise<void> {
    const isTrue = async (): Promise<true | undefined> =>
      (await this.evaluate<boolean>(expression)) ? true : undefined;
    await eventually(isTrue, expression, UNTIL_MS);
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
