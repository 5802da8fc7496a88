/** What the live hub needs of a WebSocket. Sending to one that is closed does nothing. */
export interface LiveSocket {
  send(data: string | ArrayBuffer, binary: boolean): void;
  /** Bytes that the client has not taken yet. */
  bufferedBytes(): number;
  /** Closes with a code of RFC 6455. */
  close(code: number, reason: string): void;
}

/** What the hub does with a WebSocket's input. */
export interface LiveConnection {
  receive(message: string | ArrayBuffer): void;
  /** The socket is gone, whoever closed it. */
  closed(): void;
}

/** A WebSocket address and who serves it. */
export interface LiveEndpoint {
  path: string;
  /** The reply to an upgrade that is turned away, or who serves the socket when it is open. */
  admit(request: Request, address: string): Response | ((socket: LiveSocket) => LiveConnection);
}

/** Close codes of RFC 6455 and its registry that the product uses. */
export const closeCodes = {
  goingAway: 1001,
  unsupportedData: 1003,
  policyViolation: 1008,
  messageTooBig: 1009,
  tryAgainLater: 1013,
} as const;

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];
