// biome: lint/suspicious/noFallthroughSwitchClause
// tsc: TS7030, TS7029, TS4114
export function half(value: number) {
  switch (value) {
    case 1:
      value += 1;
    case 2:
      return value;
  }
}

class Parent {
  name(): string {
    return 'parent';
  }
}

export class Child extends Parent {
  name(): string {
    return 'child';
  }
}
