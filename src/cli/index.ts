export { toHelp } from './help.ts';
export { toWelcome } from './welcome.ts';
