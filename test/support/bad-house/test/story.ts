export const story = 'once';
