// depcruise: no-cycles
import { there } from './ring-there.ts';

export const back: string = there;
