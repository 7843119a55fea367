// depcruise: no-tests-in-src
export { story } from '../../test/story.ts';
