export { createHttp, type Http } from './app.ts';
export { httpSettings } from './config.ts';
