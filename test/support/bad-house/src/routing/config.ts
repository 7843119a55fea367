// depcruise: settings-stand-alone
export { inner as routingSettings } from './inner.ts';
