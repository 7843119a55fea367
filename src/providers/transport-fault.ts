/**
 * How far a call got: `not-sent` is certain (no byte of it left), `sent` means that some or all of it left,
 * `answered` that the answer's headers came.
 */
export type TransportPhase = 'not-sent' | 'sent' | 'answered';

/** A call that did not end well. The message is one plain clause, without address, path or secret. */
export class TransportFault extends Error {
  readonly phase: TransportPhase;

  constructor(phase: TransportPhase, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TransportFault';
    this.phase = phase;
  }
}

const clauses: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name could not be resolved',
  EAI_AGAIN: 'its name could not be resolved for now',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed while sending',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_DESTROYED: 'the gateway is stopping',
  UND_ERR_CLOSED: 'the gateway is stopping',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too long',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer is shorter than it said',
};

/** What went wrong on the connection, as one plain clause. */
export function describeCause(error: unknown): string {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (code.startsWith('HPE_')) return 'what came back is not HTTP';
  if (code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_') || /CERT|SELF_SIGNED/.test(code)) {
    return 'the TLS handshake failed';
  }
  return clauses[code] ?? 'the connection failed';
}
