import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { Bytes } from '../core/bytes.ts';
import { writePieces } from './write-pieces.ts';

const pieceBytes = 1_000;
const pieceCount = 12_000;
let server: ReturnType<typeof createServer>;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** Small pieces in one memory, so that one which is written over before it has left the process is seen. */
function lendInTurn(onPiece: (index: number) => void = () => undefined): Bytes {
  const memory = Buffer.alloc(pieceBytes);
  async function* lend() {
    for (let index = 0; index < pieceCount; index += 1) {
      onPiece(index);
      yield memory.fill(index % 251);
    }
  }
  return { size: pieceCount * pieceBytes, read: lend, lend };
}

/** A caller that has the headers and has read nothing of the body yet, and what `writePieces` came to. */
async function ask(bytes: Bytes): Promise<{ answer: IncomingMessage; written: Promise<unknown> }> {
  const written = Promise.withResolvers<unknown>();
  server = createServer((_request, response: ServerResponse) => {
    response.writeHead(200, { 'content-length': bytes.size });
    writePieces(response, [bytes]).then(written.resolve, written.resolve);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [answer] = await once(request({ port, host: '127.0.0.1' }).end(), 'response');
  return { answer, written: written.promise };
}

test('a lent piece has left before the next is asked for, however slowly the caller reads', async () => {
  const { answer, written } = await ask(lendInTurn());
  await delay(200);
  let at = 0;
  let wrong = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    for (const byte of piece) {
      if (byte !== Math.floor(at / pieceBytes) % 251) wrong += 1;
      at += 1;
    }
  }
  expect([at, wrong, await written]).toEqual([pieceCount * pieceBytes, 0, undefined]);
});

test('a caller that goes in the middle is not waited for', async () => {
  let asked = 0;
  const { answer, written } = await ask(lendInTurn((index) => (asked = index)));
  await delay(100);
  answer.destroy();
  expect(await written).toBeUndefined();
  expect(asked).toBeLessThan(pieceCount - 1);
});

test('an answer that cannot be read to its end is broken off, and the fault is told', async () => {
  const fault = new Error('the disk failed');
  const { answer, written } = await ask(
    lendInTurn((index) => {
      if (index === 10) throw fault;
    }),
  );
  expect(await written).toBe(fault);
  answer.resume();
  await expect(once(answer, 'end')).rejects.toThrow('aborted');
});
