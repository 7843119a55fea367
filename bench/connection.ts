import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const endOfHead = Buffer.from('\r\n\r\n');

/**
 * One kept HTTP connection that posts the same request again and again. By hand, since Node's own client took
 * longer than nginx did, and a bench must not measure itself.
 */
export interface Connection {
  /** Sends the pieces; those of the reply's body go to `take`, each valid only until it returns. Resolves to the status. */
  post(pieces: readonly Buffer[], take: (piece: Buffer) => void): Promise<number>;
  close(): void;
}

interface Waiting {
  take(piece: Buffer): void;
  resolve(status: number): void;
  reject(error: Error): void;
}

export async function openConnection(port: number, host: string): Promise<Connection> {
  let waiting: Waiting | undefined;
  let head = Buffer.alloc(0);
  let status = 0;
  /** Of the body; 0 while a head is expected. */
  let missingBytes = 0;

  function takeHead(piece: Buffer): void {
    head = Buffer.concat([head, piece]);
    const end = head.indexOf(endOfHead);
    if (end < 0) return;
    const text = head.toString('latin1', 0, end);
    const rest = head.subarray(end + endOfHead.length);
    head = Buffer.alloc(0);
    status = Number(text.slice(9, 12));
    // Informational answers are followed by the real one.
    if (status < 200) {
      takeHead(rest);
      return;
    }
    missingBytes = Number(/^content-length: *(\d+)\r?$/im.exec(text)?.[1]);
    if (Number.isNaN(missingBytes)) throw new Error(`a reply without content-length: ${text}`);
    takeBody(rest);
  }

  function takeBody(piece: Buffer): void {
    missingBytes -= piece.length;
    if (missingBytes < 0) throw new Error('more bytes than content-length said');
    waiting?.take(piece);
    if (missingBytes > 0) return;
    const done = waiting;
    waiting = undefined;
    done?.resolve(status);
  }

  function fail(error: Error): void {
    waiting?.reject(error);
    waiting = undefined;
    socket.destroy();
  }

  function take(piece: Buffer): void {
    try {
      if (missingBytes > 0) takeBody(piece);
      else takeHead(piece);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  const buffer = Buffer.alloc(512 * 1024);
  const onread = {
    buffer,
    callback: (length: number): boolean => {
      take(buffer.subarray(0, length));
      return true;
    },
  };
  const socket: Socket = connect({ port, host, noDelay: true, onread });
  await once(socket, 'connect');
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection was closed')));

  return {
    post(pieces, takePiece) {
      return new Promise((resolve, reject) => {
        waiting = { take: takePiece, resolve, reject };
        sendAll(socket, pieces).catch(reject);
      });
    },
    close: () => socket.destroy(),
  };
}

async function sendAll(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (!socket.write(piece)) await once(socket, 'drain');
  }
}
