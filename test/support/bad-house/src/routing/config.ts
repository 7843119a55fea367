// depcruise: settings-stand-alone
export { providers as routingSettings } from '../providers/index.ts';
