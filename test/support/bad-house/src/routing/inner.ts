import { word } from '../core/word.ts';

export const inner = word;
