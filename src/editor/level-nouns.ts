/** What can be raised and lowered, by each of its names. `increase the brightness and contrast` needs them together. */
export const levelNouns = {
  brightness: ['brightness', 'exposure', 'lightness'],
  contrast: ['contrast'],
  saturation: [
    'saturation',
    'vibrance',
    'vibrancy',
    'colour saturation',
    'colour intensity',
    'colour',
    'colours',
  ],
  warmth: ['warmth', 'temperature', 'colour temperature'],
  sharpness: ['sharpness', 'clarity'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type LevelName = keyof typeof levelNouns;
