import { openai } from './openai/index.ts';

export const providers = [openai];
