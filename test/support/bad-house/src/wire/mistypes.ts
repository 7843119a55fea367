// tsc: TS2322, TS2345, TS2375, TS2532, TS7006
interface Options {
  size?: number;
}

export const wrong: number = 'text';
export const undefinedSize: Options = { size: undefined };
export const first = (list: string[]): string => list[0].trim();
export const untyped = (value) => String(value);
export const odd = [1].includes('1');
