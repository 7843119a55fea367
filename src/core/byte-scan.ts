/**
 * Sixteen bytes at a time, which JavaScript cannot: pictures in JSON are the most of what passes here. The module as
 * bytes, an instruction a line, since a compiler for so little would be one more thing to keep.
 * https://webassembly.github.io/spec/core/binary/
 */
// biome-ignore format: an instruction a line
const wasm = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, // type (func (param $at i32) (param $end i32) (result i32))
  0x03, 0x02, 0x01, 0x00,                               // one function of that type
  0x05, 0x03, 0x01, 0x00, 0x02,                         // memory of two pages of 64 KiB
  0x07, 0x11, 0x02,                                     // exports
    0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, //   "memory"
    0x04, 0x66, 0x69, 0x6e, 0x64, 0x00, 0x00,             //   "find"
  0x0a, 0x4a, 0x01, 0x48,                               // code
    0x02, 0x01, 0x7b, 0x01, 0x7f,                       // locals $bytes v128, $found i32
    0x03, 0x40,                                         // loop
      0x20, 0x00,                                       //   local.get $at
      0xfd, 0x00, 0x00, 0x00,                           //   v128.load
      0x22, 0x02,                                       //   local.tee $bytes
      0x41, 0x20, 0xfd, 0x0f,                           //   i32.const 0x20, i8x16.splat
      0xfd, 0x26,                                       //   i8x16.lt_u
      0x20, 0x02,                                       //   local.get $bytes
      0x41, 0xdc, 0x00, 0xfd, 0x0f,                     //   i32.const 0x5c, i8x16.splat
      0xfd, 0x23,                                       //   i8x16.eq
      0xfd, 0x50,                                       //   v128.or
      0x20, 0x02,                                       //   local.get $bytes
      0x41, 0x22, 0xfd, 0x0f,                           //   i32.const 0x22, i8x16.splat
      0xfd, 0x23,                                       //   i8x16.eq
      0xfd, 0x50,                                       //   v128.or
      0xfd, 0x64,                                       //   i8x16.bitmask
      0x22, 0x03,                                       //   local.tee $found
      0x04, 0x40,                                       //   if
        0x20, 0x00, 0x20, 0x03, 0x68, 0x6a, 0x0f,       //     return $at + ctz($found)
      0x0b,                                             //   end
      0x20, 0x00, 0x41, 0x10, 0x6a, 0x22, 0x00,         //   $at += 16
      0x20, 0x01, 0x49, 0x0d, 0x00,                     //   loop while $at < $end
    0x0b,
    0x20, 0x01,                                         // $end
  0x0b,
]);

/** What is used of it; TypeScript knows it from browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

interface Exports {
  memory: { readonly buffer: ArrayBuffer };
  /** May look, and find, up to 15 bytes past the end. */
  find(at: number, end: number): number;
}

const { memory, find } = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as Exports;
const room = new Uint8Array(memory.buffer);
/** Fewer bytes are not worth a call; then a little first, since where much is escaped the next backslash is near. */
const [nearBytes, firstBytes, mostBytes] = [64, 256, room.length / 2];

/** Where what stands in a JSON string for itself ends: at a quote, a backslash, a control character, or `end`. */
export function findNotPlain(bytes: Uint8Array, from: number, end: number): number {
  const near = Math.min(end, from + nearBytes);
  for (let at = from; at < near; at += 1) if (!isPlain(bytes[at] as number)) return at;
  for (let at = near, length = firstBytes; at < end; at += length, length = Math.min(mostBytes, 4 * length)) {
    const looked = Math.min(length, end - at);
    room.set(bytes.subarray(at, at + looked));
    const found = find(0, looked);
    if (found < looked) return at + found;
  }
  return end;
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x22 && byte !== 0x5c;
}
