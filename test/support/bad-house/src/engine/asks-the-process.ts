// depcruise: only-main-knows-the-process
export { platform } from 'node:process';
