import type { Provider } from '../contract.ts';
import type { StudioParts } from '../present.ts';
import { createEdit } from './edit.ts';

/** Stands in for every model when a test key calls: real pictures, the model's own shapes, no vendor, no cost. */
export function createSandbox(parts: StudioParts): Provider {
  return { id: 'sandbox', models: [], edit: createEdit(parts) };
}
