// depcruise: app-uses-doors
import { inner } from './routing/inner.ts';

export const app = { inner };
