export { createHttp } from './app.ts';
