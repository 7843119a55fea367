// depcruise: rooms-do-not-look-up
export { app } from '../app.ts';
