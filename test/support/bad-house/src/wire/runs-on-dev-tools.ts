// depcruise: only-shipped-packages
export { version } from 'typescript';
