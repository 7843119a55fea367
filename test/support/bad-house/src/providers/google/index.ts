// depcruise: providers-are-strangers
export { openai as google } from '../openai/index.ts';
