import { back } from './ring-back.ts';

export const there: string = back;
