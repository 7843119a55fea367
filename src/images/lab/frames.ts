/**
 * How parent and child talk over pipes: a message is its length (4 bytes, big endian) and JSON; raw bytes that
 * belong to it follow, as many as it says.
 */
export interface FrameReader {
  /** The next message. @throws when the pipe ends, or what comes is no message */
  readMessage(): Promise<unknown>;
  /** The next `length` bytes, as they come. @throws when the pipe ends before */
  readBytes(length: number): AsyncGenerator<Uint8Array>;
}

const lengthBytes = 4;
const maxMessageBytes = 1024 * 1024;

export function toMessage(message: object): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(lengthBytes);
  head.writeUInt32BE(json.length);
  return Buffer.concat([head, json]);
}

export function createFrameReader(stream: AsyncIterable<Uint8Array>): FrameReader {
  const pieces = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  async function* readBytes(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      if (rest.length === 0) {
        const next = await pieces.next();
        if (next.done === true) throw new Error(`the pipe ended ${left} bytes early`);
        rest = next.value;
      }
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async function readExactly(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of readBytes(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  return {
    readBytes,
    async readMessage() {
      const length = (await readExactly(lengthBytes)).readUInt32BE(0);
      if (length > maxMessageBytes) throw new Error(`a message of ${length} bytes is too long`);
      return JSON.parse((await readExactly(length)).toString());
    },
  };
}
