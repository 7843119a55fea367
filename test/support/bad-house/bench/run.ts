export const laps = 1;
